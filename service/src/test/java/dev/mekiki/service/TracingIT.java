package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.EmbedResponse;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a collector of traces is sent by the packaged service. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TracingIT {

    private static final String CALLERS_SPAN = "00f067aa0ba902b7";
    private static final String GALLERY = "galleries/traced";
    private static final ByteString SCAN =
            Documents.scan(SampleCatalogue.registered().getFirst(), 500);

    @TempDir
    Path folder;

    private final BlockingQueue<Span> sent = new LinkedBlockingQueue<>();
    private HttpServer collector;

    @BeforeEach
    void collect() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()).getResourceSpansList().stream()
                    .map(ResourceSpans::getScopeSpansList)
                    .flatMap(List::stream)
                    .forEach(scope -> sent.addAll(scope.getSpansList()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    @Test
    void showsEachStageOfACallInTheTraceOfItsCaller() throws Exception {
        try (ServiceProcess service = serve("0")) {
            create(service);
            String registered = "4bf92f3577b34da6a3ce929d0e0e4736";
            RegistrationsGrpc.newBlockingStub(service.connect())
                    .withInterceptors(tracedBy(registered, true))
                    .createRegistration(CreateRegistrationRequest.newBuilder()
                            .setParent(GALLERY)
                            .setRegistration(Registration.newBuilder().setLabel("form"))
                            .setImage(SCAN)
                            .build());
            List<Span> call = received(registered, "mekiki.v1.Registrations/CreateRegistration");
            assertThat(call)
                    .extracting(Span::getName)
                    .containsExactly(embeddedAnd("store", "mekiki.v1.Registrations/CreateRegistration"));
            requireTree(call);
            assertThat(service.log().lines().filter(line -> line.contains("mekiki.audit")))
                    .anySatisfy(line -> assertThat(line)
                            .contains("\"traceId\":\"" + registered + "\"")
                            .contains("\"spanId\":\"" + hex(call.getLast().getSpanId()) + "\""));

            String recognised = "5bf92f3577b34da6a3ce929d0e0e4736";
            RecognitionGrpc.newBlockingStub(service.connect())
                    .withInterceptors(tracedBy(recognised, true))
                    .recognize(question());
            List<Span> recognition = received(recognised, "mekiki.v1.Recognition/Recognize");
            assertThat(recognition)
                    .extracting(Span::getName)
                    .containsExactly(embeddedAnd("search", "mekiki.v1.Recognition/Recognize"));
            requireTree(recognition);
        }
    }

    @Test
    void showsTheQuestionsOfAStreamAndWhatFailed() throws Exception {
        try (ServiceProcess service = serve("0")) {
            create(service);
            String streamed = "6bf92f3577b34da6a3ce929d0e0e4736";
            recogniseInStream(service, streamed);
            List<Span> stream = received(streamed, "mekiki.v1.Recognition/RecognizeStream");
            assertThat(stream)
                    .extracting(Span::getName)
                    .containsExactly(embeddedAnd("search", "question", "mekiki.v1.Recognition/RecognizeStream"));
            Span question = stream.get(6);
            assertThat(stream.subList(0, 6))
                    .allSatisfy(stage -> assertThat(stage.getParentSpanId()).isEqualTo(question.getSpanId()));
            assertThat(question.getParentSpanId()).isEqualTo(stream.getLast().getSpanId());

            String refused = "7bf92f3577b34da6a3ce929d0e0e4736";
            CompletableFuture<Outcome<EmbedResponse>> outcome =
                    Outcome.of(answer -> RecognitionGrpc.newStub(service.connect())
                            .withInterceptors(tracedBy(refused, true))
                            .embed(
                                    EmbedRequest.newBuilder()
                                            .setImage(ByteString.copyFromUtf8("no image"))
                                            .build(),
                                    answer));
            assertThat(outcome.get(1, TimeUnit.MINUTES).code()).isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(received(refused, "mekiki.v1.Recognition/Embed"))
                    .singleElement()
                    .satisfies(span -> assertThat(span.getAttributesList()).anySatisfy(attribute -> {
                        assertThat(attribute.getKey()).isEqualTo("rpc.grpc.status_code");
                        assertThat(attribute.getValue().getIntValue()).isEqualTo(Code.INVALID_ARGUMENT.value());
                    }));
        }
    }

    @Test
    void tracesTheShareThatWasAskedForOfThoseWhoDoNotSay() throws Exception {
        try (ServiceProcess service = serve("1")) {
            RecognitionGrpc.RecognitionBlockingStub caller = RecognitionGrpc.newBlockingStub(service.connect());
            EmbedRequest request = EmbedRequest.newBuilder().setImage(SCAN).build();
            caller.withInterceptors(tracedBy("8bf92f3577b34da6a3ce929d0e0e4736", false))
                    .embed(request);
            caller.embed(request);
            List<Span> call = new ArrayList<>();
            do {
                call.add(sent.take());
            } while (call.getLast().getKind() != Span.SpanKind.SPAN_KIND_SERVER);
            // None of the first call, whose caller did not want it.
            assertThat(call).hasSize(6);
            assertThat(call.getLast().getParentSpanId()).isEqualTo(ByteString.EMPTY);
        }
    }

    @Test
    void aMethodThatSomebodyHasMadeUpIsRefusedAndNobodyElse() throws Exception {
        try (ServiceProcess service = serve("1")) {
            ManagedChannel channel = service.connect();
            MethodDescriptor<EmbedRequest, EmbedResponse> madeUp = RecognitionGrpc.getEmbedMethod().toBuilder()
                    .setFullMethodName("mekiki.nothing")
                    .build();
            CompletableFuture<Outcome<EmbedResponse>> outcome = Outcome.of(answer -> ClientCalls.asyncUnaryCall(
                    channel.newCall(madeUp, CallOptions.DEFAULT), EmbedRequest.getDefaultInstance(), answer));
            assertThat(outcome.get(1, TimeUnit.MINUTES).code()).isEqualTo(Code.UNIMPLEMENTED);
            assertThat(RecognitionGrpc.newBlockingStub(channel)
                            .embed(EmbedRequest.newBuilder().setImage(SCAN).build())
                            .hasEmbedding())
                    .isTrue();
        }
    }

    @Test
    void whatIsWrongWithItIsSaidAndNothingServes() throws Exception {
        try (ServiceProcess service =
                ServiceProcess.start(folder, "-Dmekiki.tracing.endpoint=collector:4318", "-Dmekiki.tracing.share=2")) {
            assertThat(service.exitCode()).isNotZero();
            assertThat(service.log())
                    .contains("mekiki.tracing.endpoint: collector:4318 (expected: http://HOST:PORT/PATH")
                    .contains("mekiki.tracing.share: 2.0 (expected: 0..1)");
        }
    }

    @Test
    void answersAlsoWithoutACollector() throws Exception {
        collector.stop(0);
        try (ServiceProcess service = serve("1")) {
            for (int i = 0; i < 20; i++) {
                RecognitionGrpc.newBlockingStub(service.connect())
                        .embed(EmbedRequest.newBuilder().setImage(SCAN).build());
            }
            service.process.destroy();
            assertThat(service.exitCode()).isEqualTo(143);
        }
    }

    private ServiceProcess serve(String share) throws IOException {
        return ServiceProcess.ready(
                folder,
                "-Dmekiki.tracing.endpoint=http://127.0.0.1:"
                        + collector.getAddress().getPort() + "/v1/traces",
                "-Dmekiki.tracing.share=" + share);
    }

    private static void create(ServiceProcess service) {
        GalleriesGrpc.newBlockingStub(service.connect())
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId("traced")
                        .setGallery(Gallery.getDefaultInstance())
                        .build());
    }

    private static RecognizeRequest question() {
        return RecognizeRequest.newBuilder().setGallery(GALLERY).setImage(SCAN).build();
    }

    private static void recogniseInStream(ServiceProcess service, String trace) throws Exception {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        StreamObserver<RecognizeStreamRequest> stream = RecognitionGrpc.newStub(service.connect())
                .withInterceptors(tracedBy(trace, true))
                .recognizeStream(new StreamObserver<>() {
                    @Override
                    public void onNext(RecognizeStreamResponse answer) {
                        // Its trace is what is looked at.
                    }

                    @Override
                    public void onError(Throwable failure) {
                        ended.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        ended.complete(null);
                    }
                });
        stream.onNext(RecognizeStreamRequest.newBuilder()
                .setCorrelationId("1")
                .setRequest(question())
                .build());
        stream.onCompleted();
        ended.get(1, TimeUnit.MINUTES);
    }

    private static ClientInterceptor tracedBy(String trace, boolean sampled) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
                "00-" + trace + "-" + CALLERS_SPAN + (sampled ? "-01" : "-00"));
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /** The spans of a trace up to that of the call, in the order of their ends. */
    private List<Span> received(String trace, String call) throws InterruptedException {
        List<Span> spans = new ArrayList<>();
        do {
            Span span = sent.take();
            assertThat(hex(span.getTraceId())).isEqualTo(trace);
            spans.add(span);
        } while (!spans.getLast().getName().equals(call));
        return spans;
    }

    private static String[] embeddedAnd(String... more) {
        return Stream.concat(Stream.of("admission", "decode", "preprocess", "queue", "inference"), Stream.of(more))
                .toArray(String[]::new);
    }

    /** The stages follow one another within the call, which is within the caller's span. */
    private static void requireTree(List<Span> spans) {
        Span call = spans.getLast();
        assertThat(call.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(hex(call.getParentSpanId())).isEqualTo(CALLERS_SPAN);
        long previous = call.getStartTimeUnixNano();
        for (Span stage : spans.subList(0, spans.size() - 1)) {
            assertThat(stage.getParentSpanId()).isEqualTo(call.getSpanId());
            assertThat(stage.getStartTimeUnixNano()).isGreaterThanOrEqualTo(previous);
            previous = stage.getEndTimeUnixNano();
        }
        assertThat(call.getEndTimeUnixNano()).isGreaterThanOrEqualTo(previous);
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }
}
