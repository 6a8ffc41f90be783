package dev.mekiki.milvus.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for a server. */
final class Readiness {

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int ANSWER_MILLIS = 2000;

    private Readiness() {}

    /** Whether all components of a Milvus server say that they are well. */
    static boolean isHealthy(URI health) {
        try {
            HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
            connection.setConnectTimeout(ANSWER_MILLIS);
            connection.setReadTimeout(ANSWER_MILLIS);
            try (InputStream body = connection.getInputStream()) {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK
                        && new String(body.readAllBytes(), StandardCharsets.UTF_8).contains("OK");
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Asks again and again; false if the limit passed first, or the thread was interrupted. */
    static boolean within(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return true;
    }
}
