package dev.mekiki.cli.bulk;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Pause;
import dev.mekiki.client.Refusal;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.ListRegistrationsRequest;
import dev.mekiki.v1.ListRegistrationsResponse;
import dev.mekiki.v1.Registration;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Registers files, several at once. What a gallery holds already, same content under same label, is not sent again, so
 * an import that broke off goes on when it is run again. One import at a time per instance.
 */
public final class Importer {

    private static final int LABELS_PER_LISTING = 100;
    private static final int PAGE_SIZE = 1000;

    private final Connection connection;
    private final String gallery;
    private final int inFlight;
    private final Backoff backoff;
    private final Pause pause;
    private final LongSupplier nanoTime;

    /**
     * @param gallery its resource name, {@code galleries/…}
     * @param inFlight most files under way at once, at least 1; each is in memory as a whole
     * @param pause {@code Thread::sleep}, or a test's
     * @param nanoTime {@code System::nanoTime}, or a test's clock
     */
    public Importer(
            Connection connection, String gallery, int inFlight, Backoff backoff, Pause pause, LongSupplier nanoTime) {
        if (inFlight < 1) {
            throw new IllegalArgumentException("in flight: " + inFlight + " (expected: at least 1)");
        }
        this.connection = connection;
        this.gallery = gallery;
        this.inFlight = inFlight;
        this.backoff = backoff;
        this.pause = pause;
        this.nanoTime = nanoTime;
    }

    /**
     * Sends what the gallery lacks; returns when every file is through or the service counts as away.
     *
     * @throws StatusRuntimeException if the gallery cannot be listed
     * @throws InterruptedException if interrupted; requests under way are abandoned, which harms nothing
     */
    public ImportOutcome run(List<LabelledFile> files, Progress progress) throws InterruptedException {
        Run run = new Run(files, present(files), progress);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < inFlight; i++) {
                workers.execute(run::work);
            }
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("import interrupted");
        }
        return run.outcome();
    }

    private Set<String> present(List<LabelledFile> files) throws InterruptedException {
        List<String> mains =
                files.stream().map(f -> f.label().main()).distinct().sorted().toList();
        Set<String> present = new HashSet<>();
        for (int from = 0; from < mains.size(); from += LABELS_PER_LISTING) {
            ListRegistrationsRequest.Builder request = ListRegistrationsRequest.newBuilder()
                    .setParent(gallery)
                    .setPageSize(PAGE_SIZE)
                    .addAllLabelScope(mains.subList(from, Math.min(mains.size(), from + LABELS_PER_LISTING)));
            String page;
            do {
                ListRegistrationsResponse response =
                        withRetries(() -> connection.registrations().listRegistrations(request.build()));
                for (Registration registration : response.getRegistrationsList()) {
                    present.add(key(registration.getLabel(), registration.getContentDigest()));
                }
                page = response.getNextPageToken();
                request.setPageToken(page);
            } while (!page.isEmpty());
        }
        return present;
    }

    private static String key(String label, String contentDigest) {
        return contentDigest + " " + label;
    }

    /** Repeats a call that failed for a passing reason until it succeeds or patience ends. */
    private <T> T withRetries(Supplier<T> call) throws InterruptedException {
        long end = nanoTime.getAsLong() + backoff.patience().toNanos();
        for (int failures = 1; ; failures++) {
            try {
                return call.get();
            } catch (StatusRuntimeException e) {
                Refusal refusal = Refusal.of(e);
                if (!refusal.isPassing() || nanoTime.getAsLong() - end >= 0) {
                    throw e;
                }
                pause.last(backoff.before(failures, refusal.retryAfter()));
            }
        }
    }

    /** The state of one import, shared by its workers. */
    private final class Run {

        private final List<LabelledFile> files;
        private final Set<String> present;
        private final Progress progress;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger registered = new AtomicInteger();
        private final AtomicInteger presentBefore = new AtomicInteger();
        private final List<Rejection> rejected = new ArrayList<>();
        private volatile @Nullable Refusal stop;

        Run(List<LabelledFile> files, Set<String> present, Progress progress) {
            this.files = files;
            this.present = present;
            this.progress = progress;
        }

        void work() {
            while (stop == null) {
                int index = next.getAndIncrement();
                if (index >= files.size()) {
                    return;
                }
                try {
                    if (register(files.get(index))) {
                        progress.advance();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }

        /** False if the file is left for another run. */
        private boolean register(LabelledFile file) throws InterruptedException {
            byte[] bytes;
            try {
                bytes = Files.readAllBytes(file.file());
            } catch (IOException e) {
                reject(file, "cannot be read: " + e);
                return true;
            }
            String label = file.label().toString();
            if (present.contains(key(label, ContentDigest.of(bytes).hex()))) {
                presentBefore.incrementAndGet();
                return true;
            }
            ByteString image = UnsafeByteOperations.unsafeWrap(bytes);
            CreateRegistrationRequest request = CreateRegistrationRequest.newBuilder()
                    .setParent(gallery)
                    .setRegistration(Registration.newBuilder().setLabel(label))
                    .setImage(image)
                    .build();
            try {
                withRetries(() -> connection.registrations().createRegistration(request));
                registered.incrementAndGet();
                return true;
            } catch (StatusRuntimeException e) {
                Refusal refusal = Refusal.of(e);
                if (refusal.concernsOneRequest()) {
                    reject(file, refusal.toString());
                    return true;
                }
                stop = refusal;
                return false;
            }
        }

        private void reject(LabelledFile file, String reason) {
            synchronized (rejected) {
                rejected.add(new Rejection(file.file(), reason));
            }
        }

        ImportOutcome outcome() {
            synchronized (rejected) {
                rejected.sort(Comparator.comparing(Rejection::file));
                long through = registered.get() + presentBefore.get() + rejected.size();
                return new ImportOutcome(
                        registered.get(),
                        presentBefore.get(),
                        rejected,
                        files.size() - through,
                        Optional.ofNullable(stop));
            }
        }
    }
}
