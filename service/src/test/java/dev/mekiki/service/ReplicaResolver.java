package dev.mekiki.service;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells clients which replicas there are, as the endpoints of a headless Service do. */
final class ReplicaResolver extends NameResolverProvider {

    private final String scheme;

    // Under this object's lock.
    private final List<NameResolver.Listener2> listeners = new ArrayList<>();
    private List<ServiceProcess> replicas = List.of();

    /** @param scheme of targets, unlike any other's */
    ReplicaResolver(String scheme) {
        this.scheme = scheme;
    }

    /** What to connect to. */
    String target() {
        return scheme + ":///replicas";
    }

    /** From now on these are the replicas; clients hear of it at once. */
    synchronized void set(List<ServiceProcess> now) {
        replicas = List.copyOf(now);
        listeners.forEach(this::tell);
    }

    private void tell(NameResolver.Listener2 listener) {
        List<EquivalentAddressGroup> groups = replicas.stream()
                .map(replica -> new EquivalentAddressGroup((SocketAddress) new InetSocketAddress(
                        replica.address().split(":")[0],
                        Integer.parseInt(replica.address().split(":")[1]))))
                .toList();
        listener.onResult(NameResolver.ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromValue(groups))
                .build());
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        return new NameResolver() {
            private @Nullable Listener2 mine;

            @Override
            public String getServiceAuthority() {
                return "replicas";
            }

            @Override
            public void start(Listener2 listener) {
                synchronized (ReplicaResolver.this) {
                    mine = listener;
                    listeners.add(listener);
                    tell(listener);
                }
            }

            @Override
            public void shutdown() {
                synchronized (ReplicaResolver.this) {
                    listeners.remove(mine);
                }
            }
        };
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return 5;
    }

    @Override
    public String getDefaultScheme() {
        return scheme;
    }

    @Override
    public Set<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
        return Set.of(InetSocketAddress.class);
    }
}
