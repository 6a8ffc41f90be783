package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.protobuf.StatusProto;
import java.io.DataInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service that has more pictures of one gallery waiting than it can answer in time, and calls by their headers. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DoorIT {

    private static final String BUSY = "galleries/busy";
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("mekiki-gallery", Metadata.ASCII_STRING_MARSHALLER);

    /** Headers of a unary call would wait for the message before they are sent. */
    private static final MethodDescriptor<RecognizeRequest, RecognizeResponse> RECOGNIZE =
            RecognitionGrpc.getRecognizeMethod().toBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .build();

    /** More than there is time for, fewer than there are places. */
    private static final int MOST_WAITING = 500;

    private static final long PATIENT_SECONDS = 60;

    @TempDir
    private static Path folder;

    private static ServiceProcess service;
    private static ManagedChannel channel;

    /** Others', so that no call waits behind their pictures before it even comes. */
    private static ManagedChannel crowd;

    private static ByteString picture;
    private static Embedding vector;

    @BeforeAll
    static void start() throws Exception {
        service = ServiceProcess.ready(
                folder,
                "-Dmekiki.inference.decode-threads=1",
                "-Dmekiki.inference.latency-budget=10s",
                "-Dmekiki.admission.max-requests=1000");
        channel = service.connect();
        crowd = service.connect();
        picture = Documents.slow();
        GalleriesGrpc.newBlockingStub(channel)
                .createGallery(
                        CreateGalleryRequest.newBuilder().setGalleryId("busy").build());
        vector = RecognitionGrpc.newBlockingStub(channel)
                .embed(EmbedRequest.newBuilder().setImage(picture).build())
                .getEmbedding();
        RegistrationsGrpc.newBlockingStub(channel)
                .createRegistration(CreateRegistrationRequest.newBuilder()
                        .setParent(BUSY)
                        .setRegistration(Registration.newBuilder().setLabel("document"))
                        .setEmbedding(vector)
                        .build());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        service.close();
    }

    /** What the service says of itself when a client of HTTP/2 (RFC 9113) connects. */
    @Test
    void aConnectionMayHaveSoManyCallsAtATime() throws Exception {
        int maxConcurrentStreams = 3;
        try (Socket client = new Socket("127.0.0.1", service.grpcPort)) {
            client.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            int settings = 4;
            client.getOutputStream().write(new byte[] {0, 0, 0, (byte) settings, 0, 0, 0, 0, 0});
            DataInputStream server = new DataInputStream(client.getInputStream());
            int length = server.readUnsignedByte() << 16 | server.readUnsignedShort();
            assertThat(server.readUnsignedByte()).isEqualTo(settings);
            server.skipNBytes(5);
            Map<Integer, Integer> found = new HashMap<>();
            for (int i = 0; i < length / 6; i++) {
                found.put(server.readUnsignedShort(), server.readInt());
            }
            assertThat(found).containsEntry(maxConcurrentStreams, 4096);
        }
    }

    @Test
    void whoNamesItsGalleryIsRefusedBeforeItSendsAnythingAndOthersAreAnsweredByTheirMessage() throws Exception {
        Call without;
        Call other;
        Call named;
        while (true) {
            fill();
            without = Call.open(null, PATIENT_SECONDS);
            other = Call.open("galleries/quiet", PATIENT_SECONDS);
            named = Call.open(BUSY, 1);
            if (named.outcome.get().code() != Code.DEADLINE_EXCEEDED) {
                break;
            }
            // A picture was just finished and made room, so it was let in and waited for its message in vain.
            without.cancel();
            other.cancel();
        }

        Outcome<RecognizeResponse> refused = named.outcome.get();
        assertThat(refused.code()).as(refused.status().toString()).isEqualTo(Code.UNAVAILABLE);
        assertThat(refused.status().getMessage()).contains("the latency budget");
        assertThat(refused.detail(RetryInfo.class))
                .hasValueSatisfying(retry -> assertThat(retry.getRetryDelay().getSeconds()
                                + retry.getRetryDelay().getNanos())
                        .isPositive());
        assertThat(refused.detail(ErrorInfo.class))
                .hasValueSatisfying(info -> assertThat(info.getReason()).isEqualTo("OVERLOADED"));
        // A vector needs no time of the model, which is only known when the message is there.
        without.send(question().setEmbedding(vector));
        assertThat(without.outcome.get().good().getMatches(0).getLabel()).isEqualTo("document");
        other.send(question().setEmbedding(vector));
        assertThat(other.outcome.get().good().getMatches(0).getLabel()).isEqualTo("document");
    }

    @Test
    void whoNamesNoGalleryIsRefusedByItsMessage() throws Exception {
        Outcome<RecognizeResponse> outcome;
        do {
            fill();
            Call call = Call.open(null, PATIENT_SECONDS);
            call.send(question().setImage(picture));
            outcome = call.outcome.get();
        } while (outcome.isOk());

        assertThat(outcome.code()).as(outcome.status().toString()).isEqualTo(Code.UNAVAILABLE);
        assertThat(outcome.status().getMessage()).contains("the latency budget");
    }

    @Test
    void aHeaderThatIsNoNameOfAGalleryIsRefusedAsTheFieldIs() throws Exception {
        Outcome<RecognizeResponse> outcome =
                Call.open("documents", PATIENT_SECONDS).outcome.get();
        assertThat(outcome.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(outcome.detail(BadRequest.class))
                .hasValueSatisfying(
                        bad -> assertThat(bad.getFieldViolations(0).getField()).isEqualTo("gallery"));
    }

    /** Sends pictures of the busy gallery until one is refused. */
    private static void fill() throws Exception {
        Semaphore places = new Semaphore(MOST_WAITING);
        CompletableFuture<Outcome<RecognizeResponse>> refused = new CompletableFuture<>();
        while (!refused.isDone()) {
            places.acquire();
            CompletableFuture<Outcome<RecognizeResponse>> one = Outcome.of(answer -> RecognitionGrpc.newStub(crowd)
                    .recognize(question().setImage(picture).build(), answer));
            var _ = one.thenAccept(outcome -> {
                places.release();
                if (!outcome.isOk()) {
                    refused.complete(outcome);
                }
            });
        }
        assertThat(refused.get().code()).isEqualTo(Code.UNAVAILABLE);
    }

    private static RecognizeRequest.Builder question() {
        return RecognizeRequest.newBuilder().setGallery(BUSY);
    }

    /** A call whose headers are sent; its message comes later or never. */
    private static final class Call extends ClientCall.Listener<RecognizeResponse> {

        final CompletableFuture<Outcome<RecognizeResponse>> outcome = new CompletableFuture<>();
        private final ClientCall<RecognizeRequest, RecognizeResponse> call;
        private @Nullable RecognizeResponse answer;

        private Call(long seconds) {
            call = channel.newCall(RECOGNIZE, CallOptions.DEFAULT.withDeadlineAfter(seconds, TimeUnit.SECONDS));
        }

        /** @param gallery in the header; null for none */
        static Call open(@Nullable String gallery, long seconds) {
            Metadata headers = new Metadata();
            if (gallery != null) {
                headers.put(HEADER, gallery);
            }
            Call opened = new Call(seconds);
            opened.call.start(opened, headers);
            opened.call.request(1);
            return opened;
        }

        void cancel() {
            call.cancel("not needed", null);
        }

        void send(RecognizeRequest.Builder message) {
            call.sendMessage(message.build());
            call.halfClose();
        }

        @Override
        public void onMessage(RecognizeResponse message) {
            answer = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            outcome.complete(
                    new Outcome<>(answer, Objects.requireNonNull(StatusProto.fromStatusAndTrailers(status, trailers))));
        }
    }
}
