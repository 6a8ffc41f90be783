package dev.mekiki.benchmarks.load;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Passes messages through as the bytes that they are. Stateless. */
enum WireBytes implements Marshaller<byte[]> {
    PASSED_THROUGH;

    @Override
    public InputStream stream(byte[] message) {
        return new Message(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** gRPC asks such a stream for its length, and has it written in one piece. */
    private static final class Message extends ByteArrayInputStream implements KnownLength, Drainable {

        Message(byte[] message) {
            super(message);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            // Not transferTo, which copies the array for streams that it does not know.
            int length = count - pos;
            target.write(buf, pos, length);
            pos = count;
            return length;
        }
    }
}
