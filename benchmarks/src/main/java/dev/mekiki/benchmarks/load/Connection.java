package dev.mekiki.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The caller's end of an HTTP/2 connection, with no more in it than unary gRPC calls need: a load generator shares the
 * processors with what it measures, and a whole client costs three times as much a call. Netty reads and writes the
 * frames; who may send how much is counted here. It fails what is under way when the connection ends, and makes no new
 * one.
 *
 * <p>{@link #ask} is thread-safe; all else happens on the thread of the channel.
 */
final class Connection extends ByteToMessageDecoder {

    /** What the service may send without being told to go on; answers are read as fast as they come. */
    private static final int RECEIVE_WINDOW = 1 << 30;

    private static final long SWEEP_MILLIS = 100;

    private final Http2FrameReader reader = new DefaultHttp2FrameReader(new DefaultHttp2HeadersDecoder(false));
    private final Http2FrameWriter writer = new DefaultHttp2FrameWriter();
    private final IntObjectMap<Call> calls = new IntObjectHashMap<>();

    /** Calls with something left to send, in their order. */
    private final ArrayDeque<Call> blocked = new ArrayDeque<>();

    private final Frames frames = new Frames();
    private @Nullable ChannelHandlerContext context;
    private @Nullable String lost;
    private int nextStream = 1;
    private int streamWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
    private int window = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
    private int received;
    private boolean flushing;

    /**
     * A call to make. The callbacks run on the connection's thread, one of them, once.
     *
     * @param headers as they are sent
     * @param message with its length before it, as gRPC sends it; not changed, whoever gives it keeps it
     * @param timeoutNanos after which it has expired, whatever the service does
     */
    record Question(Http2Headers headers, ByteBuf message, long timeoutNanos, End end) {}

    /** Hears how a call ended. */
    interface End {

        /** @param answer the message with its length before it; of no bytes if none came; valid during the call */
        void answered(Http2Headers trailers, ByteBuf answer);

        void expired();

        /** @param reason for people */
        void failed(String reason);
    }

    private static final class Call {
        private final int stream;
        private final Question question;
        private final long startNanos;
        private final ByteBuf unsent;
        private int window;
        private @Nullable ByteBuf answer;

        Call(int stream, Question question, long startNanos, int window) {
            this.stream = stream;
            this.question = question;
            this.startNanos = startNanos;
            this.unsent = question.message().duplicate();
            this.window = window;
        }

        boolean isOver(long now) {
            return now - startNanos >= question.timeoutNanos();
        }

        void free() {
            if (answer != null) {
                answer.release();
                answer = null;
            }
        }
    }

    /** Sends it as soon as the connection's thread has time. The connection has to be there. */
    void ask(Question question) {
        EventExecutor executor =
                Objects.requireNonNull(context, "not connected").executor();
        if (executor.inEventLoop()) {
            begin(question);
        } else {
            executor.execute(() -> begin(question));
        }
    }

    private void begin(Question question) {
        if (lost != null) {
            question.end().failed(lost);
            return;
        }
        ChannelHandlerContext ctx = Objects.requireNonNull(context);
        Call call = new Call(nextStream, question, System.nanoTime(), streamWindow);
        nextStream += 2;
        calls.put(call.stream, call);
        writer.writeHeaders(ctx, call.stream, question.headers(), 0, false, ctx.newPromise());
        if (!blocked.isEmpty() || !send(call)) {
            blocked.add(call);
        }
        flushSoon(); // the headers too, when there is no room for the message
    }

    /** Sends what may be sent; says whether that is all. */
    private boolean send(Call call) {
        int bytes = Math.min(call.unsent.readableBytes(), Math.min(window, call.window));
        boolean last = bytes == call.unsent.readableBytes();
        if (bytes > 0 || last) {
            ChannelHandlerContext ctx = Objects.requireNonNull(context);
            ByteBuf part = call.unsent.readRetainedSlice(bytes);
            writer.writeData(ctx, call.stream, part, 0, last, ctx.newPromise());
            window -= bytes;
            call.window -= bytes;
            flushSoon();
        }
        return last;
    }

    private void sendBlocked() {
        blocked.removeIf(call -> calls.get(call.stream) != call || send(call));
    }

    /** With all else that this thread was told to do meanwhile. */
    private void flushSoon() {
        if (!flushing) {
            flushing = true;
            ChannelHandlerContext ctx = Objects.requireNonNull(context);
            ctx.executor().execute(() -> {
                flushing = false;
                ctx.flush();
            });
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.write(Http2CodecUtil.connectionPrefaceBuf());
        Http2Settings settings = new Http2Settings().pushEnabled(false).initialWindowSize(RECEIVE_WINDOW);
        writer.writeSettings(ctx, settings, ctx.newPromise());
        writer.writeWindowUpdate(ctx, 0, RECEIVE_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE, ctx.newPromise());
        ctx.flush();
        var _ = ctx.executor()
                .scheduleAtFixedRate(this::dropOverdue, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        ctx.fireChannelActive();
    }

    private void dropOverdue() {
        long now = System.nanoTime();
        for (Call call : those(each -> each.isOver(now))) {
            ChannelHandlerContext ctx = Objects.requireNonNull(context);
            writer.writeRstStream(ctx, call.stream, Http2Error.CANCEL.code(), ctx.newPromise());
            flushSoon();
            call.free();
            call.question.end().expired();
        }
    }

    /** Takes the calls of which this holds out of those under way. */
    private List<Call> those(Predicate<Call> condition) {
        List<Call> found = new ArrayList<>();
        for (Call call : calls.values()) {
            if (condition.test(call)) {
                found.add(call);
            }
        }
        found.forEach(call -> calls.remove(call.stream));
        return found;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Http2Exception {
        reader.readFrame(ctx, in, frames);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        lose("the connection has ended");
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lose(String.valueOf(cause));
        ctx.close();
    }

    private void lose(String reason) {
        lost = reason;
        blocked.clear();
        for (Call call : those(_ -> true)) {
            call.free();
            call.question.end().failed(reason);
        }
    }

    /** What the service sends. */
    private final class Frames implements Http2FrameListener {

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean last) {
            int bytes = data.readableBytes() + padding;
            received += bytes;
            if (received > RECEIVE_WINDOW / 2) {
                writer.writeWindowUpdate(ctx, 0, received, ctx.newPromise());
                flushSoon();
                received = 0;
            }
            Call call = calls.get(stream);
            if (call != null) {
                ByteBuf answer = call.answer;
                call.answer =
                        answer == null ? data.retainedSlice() : Unpooled.wrappedBuffer(answer, data.retainedSlice());
                if (last) {
                    failed(stream, "ended without a status");
                }
            }
            return bytes;
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean last) {
            if (!last) {
                return;
            }
            Call call = calls.remove(stream);
            if (call == null) {
                return;
            }
            ByteBuf answer = call.answer;
            call.question.end().answered(headers, answer == null ? Unpooled.EMPTY_BUFFER : answer);
            call.free();
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int stream,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean last) {
            onHeadersRead(ctx, stream, headers, padding, last);
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int stream, long code) {
            Call call = calls.get(stream);
            // A service ends what has expired in this way, because it knows that its caller knows.
            if (call != null && call.isOver(System.nanoTime())) {
                calls.remove(stream);
                call.free();
                call.question.end().expired();
            } else {
                failed(stream, "the service broke it off: " + Http2Error.valueOf(code));
            }
        }

        private void failed(int stream, String reason) {
            Call call = calls.remove(stream);
            if (call != null) {
                call.free();
                call.question.end().failed(reason);
            }
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
            Integer initial = settings.initialWindowSize();
            if (initial != null) {
                int more = initial - streamWindow;
                streamWindow = initial;
                calls.values().forEach(call -> call.window += more);
            }
            Integer frame = settings.maxFrameSize();
            if (frame != null) {
                writer.configuration().frameSizePolicy().maxFrameSize(frame);
            }
            writer.writeSettingsAck(ctx, ctx.newPromise());
            flushSoon();
            sendBlocked();
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext ctx, int stream, int increment) {
            if (stream == 0) {
                window += increment;
            } else {
                Call call = calls.get(stream);
                if (call != null) {
                    call.window += increment;
                }
            }
            sendBlocked();
        }

        @Override
        public void onPingRead(ChannelHandlerContext ctx, long data) {
            writer.writePing(ctx, true, data, ctx.newPromise());
            flushSoon();
        }

        @Override
        public void onGoAwayRead(ChannelHandlerContext ctx, int last, long code, ByteBuf debug) {
            lose("the service closes the connection: " + Http2Error.valueOf(code) + " " + ByteBufUtil.hexDump(debug));
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext ctx) {
            // Nothing waits for it.
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext ctx, long data) {
            // No ping is sent.
        }

        @Override
        public void onPriorityRead(
                ChannelHandlerContext ctx, int stream, int dependency, short weight, boolean exclusive) {
            // Of no matter to a caller.
        }

        @Override
        public void onPushPromiseRead(
                ChannelHandlerContext ctx, int stream, int promised, Http2Headers headers, int padding) {
            // Was forbidden.
        }

        @Override
        public void onUnknownFrame(
                ChannelHandlerContext ctx, byte type, int stream, Http2Flags flags, ByteBuf payload) {
            // To be ignored, says RFC 9113, section 4.1.
        }
    }
}
