package dev.mekiki.milvus.server;

import java.util.Optional;

/** A server that somebody else runs. */
record NamedMilvus(String uri) implements MilvusServer {

    @Override
    public String description() {
        return "Milvus at " + uri;
    }

    @Override
    public Optional<ProcessHandle> process() {
        return Optional.empty();
    }

    @Override
    public boolean isKillable() {
        return false;
    }

    @Override
    public void kill() {
        throw new UnsupportedOperationException(uri + " is not ours to kill");
    }

    @Override
    public void restart() {
        throw new UnsupportedOperationException(uri + " is not ours to restart");
    }

    @Override
    public void restartReadOnly() {
        throw new UnsupportedOperationException(uri + " is not ours to restart");
    }

    @Override
    public void close() {
        // It is not ours to stop.
    }
}
