package dev.mekiki.milvus.server;

import java.util.Optional;

/** A server that many use, so that none of them may end it. */
record Unstoppable(MilvusServer server) implements MilvusServer {

    @Override
    public String uri() {
        return server.uri();
    }

    @Override
    public String description() {
        return server.description();
    }

    @Override
    public Optional<ProcessHandle> process() {
        return server.process();
    }

    @Override
    public boolean isKillable() {
        return false;
    }

    @Override
    public void kill() {
        throw new UnsupportedOperationException("the shared server: others use it");
    }

    @Override
    public void restart() {
        throw new UnsupportedOperationException("the shared server: others use it");
    }

    @Override
    public void restartReadOnly() {
        throw new UnsupportedOperationException("the shared server: others use it");
    }

    @Override
    public void close() {
        // It ends with the JVM.
    }
}
