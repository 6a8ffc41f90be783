package dev.mekiki.service.grpc;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.service.access.AccessControl;
import dev.mekiki.service.access.AuditLog;
import dev.mekiki.service.access.Caller;
import dev.mekiki.service.access.Tenant;
import dev.mekiki.service.access.TenantRates;
import dev.mekiki.service.access.TenantUsage;
import dev.mekiki.service.grpc.Permissions.Permission;
import dev.mekiki.service.telemetry.Trace;
import dev.mekiki.v1.ImportRegistrationsResponse;
import dev.mekiki.v1.Registration;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Lets callers do what they may, and writes down what they change.
 *
 * <p>Who it is, and whether they may call the method at all, is decided by the headers alone; the galleries, by each
 * message before the method sees it. A single image that a tenant has no share of now is refused; a stream is read more
 * slowly instead. A caller whose key is taken away meanwhile gets no further message through.
 *
 * <p>Without access control everybody may do everything, and only changes are written down.
 */
final class Guard implements ServerInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Caller> CALLER = Context.key("caller");

    private final Optional<AccessControl> access;
    private final TenantUsage usage;
    private final TenantRates rates = new TenantRates();

    Guard(Optional<AccessControl> access, TenantUsage usage) {
        this.access = access;
        this.usage = usage;
    }

    /** Who made the call that runs on this thread; empty where nobody has to say. */
    static Optional<Caller> callerOfThisCall() {
        return Optional.ofNullable(CALLER.get());
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        MethodDescriptor<Q, R> method = call.getMethodDescriptor();
        if (Permissions.isOpen(method) || HealthGrpc.SERVICE_NAME.equals(method.getServiceName())) {
            return next.startCall(call, headers);
        }
        boolean isOfTheApi = Intake.ofThisCall().isOfTheApi();
        Optional<AccessControl.Credentials> credentials;
        try {
            credentials = access.map(control -> control.admit(headers.get(AUTHORIZATION)));
        } catch (Failure e) {
            return Intake.refused(call, e);
        }
        if (!isOfTheApi) {
            // Reflection.
            return next.startCall(call, headers);
        }
        Permission<Q> permission = Permissions.of(method);
        if (credentials.isEmpty() && permission.change().isEmpty()) {
            return next.startCall(call, headers);
        }
        GuardedCall<Q, R> guarded = new GuardedCall<>(call, permission, credentials);
        Context context = Context.current();
        if (credentials.isPresent()) {
            Caller caller = credentials.get().lastCaller();
            try {
                permission.requireOf(caller);
                if (permission.images().isPresent() && method.getType() == MethodType.UNARY) {
                    caller.tenant().ifPresent(rates::take);
                }
            } catch (Failure e) {
                return Intake.refused(guarded, e);
            }
            context = context.withValue(CALLER, caller);
        }
        return new GuardedListener<>(Contexts.interceptCall(context, guarded, headers, next), guarded);
    }

    /** The caller's side of a call. */
    private final class GuardedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

        private final Permission<Q> permission;
        private final Optional<AccessControl.Credentials> credentials;

        /** Whether this is a stream that is not read faster than its tenant may send. */
        private final boolean paced;

        private final Trace trace = Intake.traceOfThisCall();

        // All of the following under this object's lock.

        /** What is known of the change, if it is one. */
        private Map<String, String> change = Map.of();

        /** Messages that the method would take. */
        private long wanted;

        /** Whether one is asked for, now or when the tenant has an image. */
        private boolean asked;

        GuardedCall(ServerCall<Q, R> call, Permission<Q> permission, Optional<AccessControl.Credentials> credentials) {
            super(call);
            this.permission = permission;
            this.credentials = credentials;
            this.paced = !isUnary()
                    && permission.images().isPresent()
                    && credentials.flatMap(shown -> shown.lastCaller().tenant()).isPresent();
        }

        /** @throws Failure if the message may not be sent */
        void require(Q message) {
            permission.change().ifPresent(what -> learn(what.apply(message)));
            if (credentials.isPresent()) {
                Caller caller = credentials.get().caller();
                permission.requireOf(caller, message);
                if (permission.registers()) {
                    caller.tenant().ifPresent(usage::requireRoom);
                }
                long images = permission.images().isPresent()
                        ? permission.images().get().applyAsLong(message)
                        : 0;
                // One of a single call's was taken before its message was read.
                long owed = isUnary() ? images - 1 : images;
                if (owed > 0) {
                    caller.tenant().ifPresent(tenant -> rates.owe(tenant, owed));
                }
            }
        }

        private synchronized void learn(Map<String, String> fields) {
            if (!fields.isEmpty()) {
                Map<String, String> more = new TreeMap<>(change);
                more.putAll(fields);
                change = more;
            }
        }

        private boolean isUnary() {
            return getMethodDescriptor().getType() == MethodType.UNARY;
        }

        @Override
        public void request(int messages) {
            if (!paced) {
                super.request(messages);
                return;
            }
            synchronized (this) {
                wanted += messages;
            }
            pace();
        }

        /** Asks for one message at a time, and for that only when the tenant has an image. */
        private void pace() {
            synchronized (this) {
                if (asked || wanted == 0) {
                    return;
                }
                asked = true;
                wanted--;
            }
            long nanos = untilPaid().toNanos();
            if (nanos > 0) {
                CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS)
                        .execute(() -> delegate().request(1));
            } else {
                super.request(1);
            }
        }

        /** By the rate as it is now; of a caller who is known no more, the next message is refused anyway. */
        private Duration untilPaid() {
            try {
                return credentials
                        .flatMap(shown -> shown.caller().tenant())
                        .map(rates::untilPaid)
                        .orElse(Duration.ZERO);
            } catch (Failure e) {
                return Duration.ZERO;
            }
        }

        /** The message that was asked for is there. */
        void came() {
            if (paced) {
                synchronized (this) {
                    asked = false;
                }
                pace();
            }
        }

        @Override
        public void sendMessage(R message) {
            switch (message) {
                case Registration made
                when permission.change().isPresent() -> {
                    learn(Map.of("registration", made.getName()));
                    registered(1);
                }
                case ImportRegistrationsResponse part
                when !part.hasReplay() -> {
                    record(
                            Status.OK,
                            Map.of(
                                    "next_offset", Long.toString(part.getNextOffset()),
                                    "registered", Long.toString(part.getRegisteredCount())));
                    registered(part.getRegisteredCount());
                }
                default -> {}
            }
            super.sendMessage(message);
        }

        private synchronized void registered(long count) {
            if (permission.registers() && !change.containsKey(Permissions.VALIDATE_ONLY)) {
                credentials
                        .flatMap(shown -> shown.lastCaller().tenant())
                        .ifPresent(tenant -> usage.added(tenant, count));
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            record(status, Map.of());
            super.close(status, trailers);
        }

        private void record(Status status, Map<String, String> more) {
            if (permission.change().isEmpty()) {
                return;
            }
            Map<String, String> what;
            synchronized (this) {
                what = new TreeMap<>(change);
            }
            what.putAll(more);
            Optional<Caller> caller = credentials.map(AccessControl.Credentials::lastCaller);
            AuditLog.record(
                    caller.map(Caller::name).orElse("anonymous"),
                    caller.flatMap(Caller::tenant).map(Tenant::name).orElse(""),
                    Objects.toString(getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), ""),
                    getMethodDescriptor().getFullMethodName(),
                    status.getCode().name(),
                    trace.logFields(),
                    what);
        }
    }

    /** The method's side of a call. */
    private static final class GuardedListener<Q> extends SimpleForwardingServerCallListener<Q> {

        private final Guard.GuardedCall<Q, ?> call;

        GuardedListener(ServerCall.Listener<Q> method, Guard.GuardedCall<Q, ?> call) {
            super(method);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            try {
                call.require(message);
            } catch (Throwable e) {
                Intake.ofThisCall().refuse(e);
                return;
            }
            call.came();
            super.onMessage(message);
        }
    }
}
