package dev.mekiki.milvus.server;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports. They lie below those that the system gives to outgoing connections (from 32768 on): a client that tries
 * again and again to reach a server that is away would else, sooner or later, be given the server's own port, connect
 * to itself and keep the server from coming back.
 */
final class Ports {

    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 1000;

    private Ports() {}

    /** Distinct ones that nobody listens at now. */
    static List<Integer> free(int count) {
        Set<Integer> found = new LinkedHashSet<>();
        for (int attempt = 0; found.size() < count; attempt++) {
            if (attempt == ATTEMPTS) {
                throw new MilvusStartException("no " + count + " free ports in " + LOWEST + ".." + HIGHEST);
            }
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port)) {
                found.add(port);
            }
        }
        return new ArrayList<>(found);
    }

    static boolean isFree(int port) {
        // On every interface, as most of Milvus' own components listen.
        try (ServerSocket everywhere = new ServerSocket(port);
                ServerSocket here = new ServerSocket()) {
            // Where "everywhere" does not conflict with a listener on the loopback interface alone.
            return everywhere.isBound() && !here.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
