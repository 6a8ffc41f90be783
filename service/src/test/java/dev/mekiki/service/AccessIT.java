package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.mekiki.client.BearerCredentials;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.service.grpc.ApiMethods;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.ListGalleriesRequest;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service that wants to know who calls. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class AccessIT {

    private static final String ISSUER = "https://accounts.example";
    private static final String GALLERY = "galleries/acme-forms";
    private static final String REGISTRATION = GALLERY + "/registrations/some";

    /** By caller; as long as a real one. */
    private static final Map<String, String> KEYS = Stream.of(
                    "reader", "clerk", "owner", "stranger", "operations", "leaving", "slow", "small")
            .collect(Collectors.toMap(name -> name, name -> "key-of-" + name + "-9f8e7d6c5b4a39281706"));

    private static final Set<MethodDescriptor<?, ?>> OPEN = Set.of(
            GRPCInferenceServiceGrpc.getServerLiveMethod(),
            GRPCInferenceServiceGrpc.getServerReadyMethod(),
            GRPCInferenceServiceGrpc.getModelReadyMethod());

    @TempDir
    private static Path folder;

    private static Path accessFile;
    private static ECKey issuersKey;
    private static ServiceProcess service;
    private static ManagedChannel channel;
    private static final List<String> TOKENS = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        issuersKey = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
        Path keys = Files.writeString(folder.resolve("keys.json"), new JWKSet(issuersKey).toString());
        accessFile = Files.writeString(folder.resolve("access.yaml"), accessList());
        service = ServiceProcess.ready(
                folder,
                "-Dmekiki.access.file=" + accessFile,
                "-Dmekiki.access.reload-interval=1s",
                "-Dmekiki.access.tokens.issuer=" + ISSUER,
                "-Dmekiki.access.tokens.audience=mekiki",
                "-Dmekiki.access.tokens.keys=" + keys);
        channel = service.connect();
        galleries("owner")
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId("acme-forms")
                        .build());
    }

    private static String accessList() throws Exception {
        StringBuilder list = new StringBuilder("""
                tenants:
                  - {name: acme, galleries: [acme-*]}
                  - {name: other, galleries: [other-*]}
                  - {name: slow, galleries: [slow-*], limits: {images-per-second: 2, burst: 3}}
                  - {name: small, galleries: [small-*], limits: {galleries: 1, registrations: 2}}
                callers:
                """);
        list.append(caller("reader", "acme", "recognise"));
        list.append(caller("clerk", "acme", "register"));
        list.append(caller("owner", "acme", "administer"));
        list.append(caller("stranger", "other", "administer"));
        list.append(caller("leaving", "acme", "recognise"));
        list.append(caller("slow", "slow", "administer"));
        list.append(caller("small", "small", "administer"));
        list.append(caller("operations", "", "administer"));
        list.append("  - {name: staff, tenant: acme, token: {claim: groups, value: clerks},"
                + " grants: [{role: recognise, galleries: ['*']}]}\n");
        return list.toString();
    }

    private static String caller(String name, String tenant, String role) throws Exception {
        String hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(key(name).getBytes(StandardCharsets.UTF_8)));
        return "  - {name: %s, %s keys: ['sha256:%s'], grants: [{role: %s, galleries: ['*']}]}%n"
                .formatted(name, tenant.isEmpty() ? "" : "tenant: " + tenant + ",", hash, role);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        try {
            String log = service.log();
            assertThat(log).contains("mekiki.audit").doesNotContain(KEYS.values());
            assertThat(TOKENS)
                    .isNotEmpty()
                    .allSatisfy(token -> assertThat(log).doesNotContain(token.substring(token.lastIndexOf('.') + 1)));
        } finally {
            service.close();
        }
    }

    @Test
    void answersNobodyWhomItDoesNotKnow() {
        for (MethodDescriptor<?, ?> method : ApiMethods.all()) {
            Code expected = OPEN.contains(method) ? Code.OK : Code.UNAUTHENTICATED;
            assertThat(call(method, "").getCode())
                    .as(method.getFullMethodName())
                    .isEqualTo(expected);
            assertThat(call(method, "Bearer wrong").getCode())
                    .as(method.getFullMethodName())
                    .isEqualTo(expected);
        }
        MethodDescriptor<?, ?> reads = GalleriesGrpc.getListGalleriesMethod();
        assertThat(call(reads, "Basic " + key("reader")).getCode()).isEqualTo(Code.UNAUTHENTICATED);
        assertThat(call(reads, key("reader")).getCode()).isEqualTo(Code.UNAUTHENTICATED);
        assertThat(call(reads, "Bearer " + key("reader") + "0").getCode()).isEqualTo(Code.UNAUTHENTICATED);
        assertThat(call(reads, "Bearer ").getCode()).isEqualTo(Code.UNAUTHENTICATED);
        Status refused = call(reads, "Bearer wrong");
        assertThat(refused.getDescription())
                .contains("expected: authorization: Bearer")
                .doesNotContain("wrong");
        assertThat(call(reads, "bearer " + key("reader")).getCode()).isEqualTo(Code.OK);
    }

    @Test
    void tellsNobodyElseWhatThereIs() {
        MethodDescriptor<?, ?> reflection = ServerReflectionGrpc.getServerReflectionInfoMethod();

        assertThat(call(reflection, "").getCode()).isEqualTo(Code.UNAUTHENTICATED);
        assertThat(call(reflection, bearer("reader")).getCode()).isEqualTo(Code.OK);
    }

    @Test
    void letsEachRoleDoWhatItIncludesAndNothingElse() {
        Set<String> reading = Set.of(
                "Recognize",
                "RecognizeStream",
                "Embed",
                "ListLabels",
                "CountRegistrations",
                "GetGallery",
                "ListGalleries",
                "ServerMetadata",
                "ModelMetadata",
                "ModelConfig",
                "ModelStatistics",
                "RepositoryIndex",
                "ModelInfer",
                "ModelStreamInfer");
        Set<String> registering = Set.of(
                "CreateRegistration",
                "ImportRegistrations",
                "GetRegistration",
                "ListRegistrations",
                "RelabelRegistration",
                "DeleteRegistration",
                "MoveLabel",
                "DeleteLabel");
        Set<String> operating = Set.of("RepositoryModelLoad", "RepositoryModelUnload");
        for (MethodDescriptor<?, ?> method : ApiMethods.all()) {
            String name = Objects.requireNonNull(method.getBareMethodName());
            boolean open = OPEN.contains(method);
            boolean reads = reading.contains(name);
            boolean registers = registering.contains(name);
            assertThat(denied(method, "reader")).as("reader " + name).isEqualTo(!open && !reads);
            assertThat(denied(method, "clerk")).as("clerk " + name).isEqualTo(!open && !reads && !registers);
            assertThat(denied(method, "stranger"))
                    .as("of another tenant " + name)
                    .isEqualTo(!open && (namesAGallery(name, reading) || operating.contains(name)));
        }
        assertThat(denied(GRPCInferenceServiceGrpc.getRepositoryModelLoadMethod(), "owner"))
                .as("models are not a tenant's")
                .isTrue();
        assertThat(denied(GRPCInferenceServiceGrpc.getRepositoryModelLoadMethod(), "operations"))
                .isFalse();
    }

    private static boolean namesAGallery(String method, Set<String> reading) {
        boolean ofModels = method.startsWith("Model") || method.startsWith("Server") || method.startsWith("Repository");
        return !ofModels && !(reading.contains(method) && (method.equals("Embed") || method.equals("ListGalleries")));
    }

    @Test
    void doesNotTellOtherTenantsWhetherThereIsAGallery() {
        Status there = galleryAsSeenBy("stranger", GALLERY);
        Status notThere = galleryAsSeenBy("stranger", "galleries/acme-nothing");

        assertThat(there.getCode()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(notThere.getCode()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(String.valueOf(there.getDescription()).replace("acme-forms", "acme-nothing"))
                .isEqualTo(notThere.getDescription());
        assertThat(names("stranger")).doesNotContain(GALLERY);
        assertThat(names("owner")).contains(GALLERY).allMatch(name -> name.startsWith("galleries/acme-"));
        assertThat(names("operations")).contains(GALLERY);
    }

    private static Status galleryAsSeenBy(String caller, String name) {
        return failure(() -> galleries(caller)
                        .getGallery(GetGalleryRequest.newBuilder().setName(name).build()))
                .getStatus();
    }

    private static List<String> names(String caller) {
        return galleries(caller).listGalleries(ListGalleriesRequest.getDefaultInstance()).getGalleriesList().stream()
                .map(Gallery::getName)
                .toList();
    }

    @Test
    void knowsCallersByTheirTokens() throws Exception {
        MethodDescriptor<?, ?> reads = GalleriesGrpc.getListGalleriesMethod();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("mekiki")
                .claim("groups", List.of("clerks"))
                .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(5))));

        assertThat(call(reads, "Bearer " + token(claims)).getCode()).isEqualTo(Code.OK);
        assertThat(call(GalleriesGrpc.getDeleteGalleryMethod(), "Bearer " + token(claims))
                        .getCode())
                .isEqualTo(Code.PERMISSION_DENIED);
        assertThat(call(reads, "Bearer " + token(claims.claim("groups", List.of("visitors"))))
                        .getCode())
                .isEqualTo(Code.UNAUTHENTICATED);
        claims.claim("groups", List.of("clerks"));
        assertThat(call(reads, "Bearer " + token(claims.audience("another"))).getCode())
                .isEqualTo(Code.UNAUTHENTICATED);
        claims.audience("mekiki");
        assertThat(call(
                                reads,
                                "Bearer "
                                        + token(claims.expirationTime(
                                                Date.from(Instant.now().minus(Duration.ofHours(1))))))
                        .getCode())
                .isEqualTo(Code.UNAUTHENTICATED);
    }

    private static String token(JWTClaimsSet.Builder claims) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("one").build(), claims.build());
        token.sign(new ECDSASigner(issuersKey));
        TOKENS.add(token.serialize());
        return token.serialize();
    }

    @Test
    void endsTheStreamOfACallerWhoseKeyIsTakenAway() throws Exception {
        BlockingQueue<RecognizeStreamResponse> answers = new LinkedBlockingQueue<>();
        CompletableFuture<Status> ended = new CompletableFuture<>();
        StreamObserver<RecognizeStreamRequest> stream = RecognitionGrpc.newStub(channel)
                .withCallCredentials(BearerCredentials.of(key("leaving")))
                .recognizeStream(into(answers, ended));
        RecognizeStreamRequest question = RecognizeStreamRequest.newBuilder()
                .setCorrelationId("one")
                .setRequest(RecognizeRequest.newBuilder().setGallery(GALLERY).setImage(ByteString.copyFromUtf8("none")))
                .build();
        stream.onNext(question);
        assertThat(Objects.requireNonNull(answers.poll(30, TimeUnit.SECONDS))
                        .getError()
                        .getCode())
                .isEqualTo(Code.INVALID_ARGUMENT.value());

        Files.writeString(
                accessFile,
                Files.readString(accessFile)
                        .lines()
                        .filter(line -> !line.contains("name: leaving"))
                        .collect(Collectors.joining("\n")));

        MethodDescriptor<?, ?> reads = GalleriesGrpc.getListGalleriesMethod();
        while (call(reads, bearer("leaving")).getCode() == Code.OK) {
            assertThat(call(reads, bearer("reader")).getCode()).isEqualTo(Code.OK);
        }
        assertThat(ended).isNotDone();
        stream.onNext(question);
        assertThat(ended.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Code.UNAUTHENTICATED);
        assertThat(answers).isEmpty();
    }

    @Test
    void keepsTenantsToTheirRate() throws Exception {
        ByteString image = Documents.scan(SampleCatalogue.registered().get(0), 300);
        EmbedRequest request = EmbedRequest.newBuilder().setImage(image).build();
        var embedding = RecognitionGrpc.newBlockingStub(channel).withCallCredentials(BearerCredentials.of(key("slow")));
        StatusRuntimeException refused = failure(() -> {
            while (true) {
                embedding.embed(request);
            }
        });
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(detail(refused, QuotaFailure.class).getViolations(0).getSubject())
                .isEqualTo("tenants/slow");
        assertThat(detail(refused, RetryInfo.class).getRetryDelay().getNanos()).isBetween(1, 500_000_000);
        assertThat(RecognitionGrpc.newBlockingStub(channel)
                        .withCallCredentials(BearerCredentials.of(key("reader")))
                        .embed(request)
                        .getEmbedding()
                        .getValuesCount())
                .as("others have their own")
                .isPositive();

        // A stream is slowed down instead.
        BlockingQueue<RecognizeStreamResponse> answers = new LinkedBlockingQueue<>();
        CompletableFuture<Status> ended = new CompletableFuture<>();
        StreamObserver<RecognizeStreamRequest> stream = RecognitionGrpc.newStub(channel)
                .withCallCredentials(BearerCredentials.of(key("slow")))
                .recognizeStream(into(answers, ended));
        long begun = System.nanoTime();
        for (int i = 0; i < 8; i++) {
            stream.onNext(RecognizeStreamRequest.newBuilder()
                    .setCorrelationId(Integer.toString(i))
                    .setRequest(RecognizeRequest.newBuilder()
                            .setGallery("galleries/slow-none")
                            .setImage(image))
                    .build());
        }
        stream.onCompleted();
        assertThat(ended.get(60, TimeUnit.SECONDS).getCode()).isEqualTo(Code.OK);
        assertThat(answers).hasSize(8);
        // 8 at 2 a second, of which some burst may be there by then, and one is paid afterwards.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(1));
    }

    @Test
    void keepsTenantsToTheirAmounts() {
        galleries("small")
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId("small-one")
                        .build());
        StatusRuntimeException second = failure(() -> galleries("small")
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId("small-two")
                        .build()));
        assertThat(second.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(second.getStatus().getDescription())
                .isEqualTo("tenant \"small\": 1 (expected: at most 1 galleries)");

        register("small", "galleries/small-one", 0);
        register("small", "galleries/small-one", 1);
        StatusRuntimeException third = failure(() -> register("small", "galleries/small-one", 2));
        assertThat(third.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(detail(third, QuotaFailure.class).getViolations(0).getSubject())
                .isEqualTo("tenants/small");
    }

    private static Registration register(String caller, String gallery, int document) {
        return RegistrationsGrpc.newBlockingStub(channel)
                .withCallCredentials(BearerCredentials.of(key(caller)))
                .createRegistration(CreateRegistrationRequest.newBuilder()
                        .setParent(gallery)
                        .setRegistration(Registration.newBuilder().setLabel("document " + document))
                        .setImage(Documents.scan(SampleCatalogue.registered().get(document), 300))
                        .build());
    }

    @Test
    void writesDownWhoChangedWhat() {
        Registration made = register("owner", GALLERY, 3);
        failure(() -> register("reader", GALLERY, 4));

        assertThat(audited("\"audit.registration\":\"" + made.getName() + "\""))
                .singleElement()
                .satisfies(entry -> assertThat(entry)
                        .contains("\"audit.caller\":\"owner\"")
                        .contains("\"audit.tenant\":\"acme\"")
                        .contains("\"audit.gallery\":\"" + GALLERY + "\"")
                        .contains("\"audit.label\":\"document 3\"")
                        .contains("\"audit.method\":\"mekiki.v1.Registrations/CreateRegistration\"")
                        .contains("\"audit.status\":\"OK\"")
                        .contains("\"audit.peer\":\"/127.0.0.1:"));
        assertThat(audited("\"audit.caller\":\"reader\""))
                .anySatisfy(entry -> assertThat(entry)
                        .contains("\"audit.method\":\"mekiki.v1.Registrations/CreateRegistration\"")
                        .contains("\"audit.status\":\"PERMISSION_DENIED\""));
    }

    private static List<String> audited(String part) {
        return service.log()
                .lines()
                .filter(line -> line.contains("\"mekiki.audit\"") && line.contains(part))
                .toList();
    }

    /** Whether a caller may not call a method about the gallery; whatever else may be wrong with the call. */
    private static boolean denied(MethodDescriptor<?, ?> method, String caller) {
        return call(method, bearer(caller)).getCode() == Code.PERMISSION_DENIED;
    }

    /** How a call ends whose every name of a gallery or registration is of the one that is there. */
    private static <Q, R> Status call(MethodDescriptor<Q, R> method, String authorization) {
        Metadata headers = new Metadata();
        if (!authorization.isEmpty()) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        }
        CompletableFuture<Status> ended = new CompletableFuture<>();
        ClientCall<Q, R> call = channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS));
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.complete(status);
                    }
                },
                headers);
        PrototypeMarshaller<Q> marshaller = (PrototypeMarshaller<Q>) method.getRequestMarshaller();
        Message.Builder message =
                ((Message) Objects.requireNonNull(marshaller.getMessagePrototype())).newBuilderForType();
        name(message, 2);
        @SuppressWarnings("unchecked") // Of the prototype's class.
        Q request = (Q) message.build();
        call.request(100);
        call.sendMessage(request);
        call.halfClose();
        return ended.join();
    }

    private static void name(Message.Builder message, int depth) {
        boolean ofRegistration = message.getDescriptorForType().getName().matches("(Get|Relabel|Delete)Registration.*");
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated()) {
                continue;
            }
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                if (depth > 0 && Set.of("options", "request", "gallery").contains(field.getName())) {
                    Message.Builder inner = message.newBuilderForField(field);
                    name(inner, depth - 1);
                    message.setField(field, inner.build());
                }
            } else if (field.getJavaType() == FieldDescriptor.JavaType.STRING) {
                switch (field.getName()) {
                    case "name" -> message.setField(field, ofRegistration ? REGISTRATION : GALLERY);
                    case "gallery", "parent", "other", "target" -> message.setField(field, GALLERY);
                    case "gallery_id" -> message.setField(field, "acme-forms");
                    default -> {}
                }
            }
        }
    }

    private static GalleriesGrpc.GalleriesBlockingStub galleries(String caller) {
        return GalleriesGrpc.newBlockingStub(channel).withCallCredentials(BearerCredentials.of(key(caller)));
    }

    private static String bearer(String caller) {
        return "Bearer " + key(caller);
    }

    private static String key(String caller) {
        return Objects.requireNonNull(KEYS.get(caller));
    }

    private static StatusRuntimeException failure(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            return e;
        }
        throw new AssertionError("it was answered");
    }

    private static <M extends Message> M detail(StatusRuntimeException failure, Class<M> type) {
        for (Any detail :
                Objects.requireNonNull(StatusProto.fromThrowable(failure)).getDetailsList()) {
            if (detail.is(type)) {
                try {
                    return detail.unpack(type);
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        throw new AssertionError("no " + type.getSimpleName());
    }

    private static StreamObserver<RecognizeStreamResponse> into(
            BlockingQueue<RecognizeStreamResponse> answers, CompletableFuture<Status> ended) {
        return new StreamObserver<>() {
            @Override
            public void onNext(RecognizeStreamResponse answer) {
                answers.add(answer);
            }

            @Override
            public void onError(Throwable failure) {
                ended.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                ended.complete(Status.OK);
            }
        };
    }
}
