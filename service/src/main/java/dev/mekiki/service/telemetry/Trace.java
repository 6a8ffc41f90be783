package dev.mekiki.service.telemetry;

import dev.mekiki.core.time.Stage;
import dev.mekiki.core.time.StageDurations;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.MDC;

/** A call in a trace, or a question within one. Thread-safe. */
public final class Trace {

    /** Of a call that nobody traces. */
    public static final Trace NONE =
            new Trace(OpenTelemetry.noop().getTracer(""), Span.getInvalid(), InstantSource.system());

    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("rpc.grpc.status_code");

    /** What the service is to blame for, by the semantic conventions of OpenTelemetry for gRPC servers. */
    private static final Set<Status.Code> ERRORS = EnumSet.of(
            Status.Code.UNKNOWN,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.UNIMPLEMENTED,
            Status.Code.INTERNAL,
            Status.Code.UNAVAILABLE,
            Status.Code.DATA_LOSS);

    private final Tracer tracer;
    private final Span span;
    private final InstantSource clock;

    Trace(Tracer tracer, Span span, InstantSource clock) {
        this.tracer = tracer;
        this.span = span;
        this.clock = clock;
    }

    /** Shows a question within a call of many, from now until its answer. */
    public <T> CompletableFuture<T> ofQuestion(Function<Trace, CompletableFuture<T>> answerer) {
        if (!span.isRecording()) {
            return answerer.apply(this);
        }
        Trace question = new Trace(tracer, child("question").startSpan(), clock);
        CompletableFuture<T> answer;
        try {
            answer = answerer.apply(question);
        } catch (Throwable e) {
            question.span.end();
            throw e;
        }
        var _ = answer.whenComplete((_, _) -> question.span.end());
        return answer;
    }

    private SpanBuilder child(String name) {
        return tracer.spanBuilder(name).setParent(Context.root().with(span));
    }

    /**
     * It was answered now.
     *
     * @param durations of the stages it went through, shown one after another up to now
     */
    public void answered(StageDurations durations) {
        if (!span.isRecording()) {
            return;
        }
        Duration sum = durations.byStage().values().stream().reduce(Duration.ZERO, Duration::plus);
        Instant begin = clock.instant().minus(sum);
        for (Map.Entry<Stage, Duration> stage : durations.byStage().entrySet()) {
            Instant end = begin.plus(stage.getValue());
            child(stage.getKey().name().toLowerCase(Locale.ROOT))
                    .setStartTimestamp(begin)
                    .startSpan()
                    .end(end);
            begin = end;
        }
    }

    /** It ended so; what comes after that is not shown. */
    public void end(Status.Code status) {
        if (span.isRecording()) {
            span.setAttribute(STATUS, (long) status.value());
            if (ERRORS.contains(status)) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }
    }

    /** Runs something whose entries in the log are to be found from the trace. */
    public <T> T logging(Supplier<T> work) {
        Map<String, String> fields = logFields();
        fields.forEach(MDC::put);
        try {
            return work.get();
        } finally {
            fields.keySet().forEach(MDC::remove);
        }
    }

    /** Of entries in the log, by which they are found from the trace; empty if nobody traces. */
    public Map<String, String> logFields() {
        SpanContext context = span.getSpanContext();
        return context.isValid() ? Map.of("traceId", context.getTraceId(), "spanId", context.getSpanId()) : Map.of();
    }
}
