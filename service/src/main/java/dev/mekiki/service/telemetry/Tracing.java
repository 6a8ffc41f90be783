package dev.mekiki.service.telemetry;

import io.grpc.Metadata;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Traces of calls by OpenTelemetry, which go on with those of the callers (W3C Trace Context, {@code traceparent}).
 * Thread-safe. Spans that are not sent for want of room or of a collector are dropped: no call waits for them.
 */
public final class Tracing implements AutoCloseable {

    private static final String SCOPE = "dev.mekiki";
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system");
    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("rpc.service");
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");

    private static final Metadata.Key<String> PARENT = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private final Tracer tracer;
    private final boolean traces;
    private final InstantSource clock;
    private final Runnable onClose;

    private Tracing(Tracer tracer, boolean traces, InstantSource clock, Runnable onClose) {
        this.tracer = tracer;
        this.traces = traces;
        this.clock = clock;
        this.onClose = onClose;
    }

    /** Makes no spans; calls have the ids of their callers' traces. */
    public static Tracing off(InstantSource clock) {
        return new Tracing(OpenTelemetry.noop().getTracer(SCOPE), false, clock, () -> {});
    }

    /**
     * Sends spans in batches, from a thread of its own.
     *
     * @param endpoint takes OTLP over HTTP
     * @param share of the calls whose callers do not say whether they are traced, 0..1
     * @param clock for when stages began
     */
    public static Tracing to(URI endpoint, double share, InstantSource clock) {
        return to(
                OtlpHttpSpanExporter.builder().setEndpoint(endpoint.toString()).build(), share, clock);
    }

    static Tracing to(SpanExporter exporter, double share, InstantSource clock) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "mekiki"))))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(share)))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build();
        return new Tracing(provider.get(SCOPE), true, clock, provider::close);
    }

    /**
     * A call began.
     *
     * @param method in full: {@code SERVICE/METHOD}, or whatever else a caller has made up
     * @param headers of the call
     */
    public Trace began(String method, Metadata headers) {
        if (!traces && !headers.containsKey(PARENT)) {
            return Trace.NONE;
        }
        int slash = method.lastIndexOf('/');
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, Headers.INSTANCE);
        return new Trace(
                tracer,
                tracer.spanBuilder(method)
                        .setParent(parent)
                        .setSpanKind(SpanKind.SERVER)
                        .setAttribute(SYSTEM, "grpc")
                        .setAttribute(SERVICE, method.substring(0, Math.max(0, slash)))
                        .setAttribute(METHOD, method.substring(slash + 1))
                        .startSpan(),
                clock);
    }

    /** Sends what is left, for at most a few seconds. */
    @Override
    public void close() {
        onClose.run();
    }

    private enum Headers implements TextMapGetter<Metadata> {
        INSTANCE;

        @Override
        public Iterable<String> keys(Metadata headers) {
            return List.copyOf(headers.keys());
        }

        @Override
        public @Nullable String get(@Nullable Metadata headers, String key) {
            return headers == null ? null : headers.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
        }
    }
}
