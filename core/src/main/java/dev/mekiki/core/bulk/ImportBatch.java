package dev.mekiki.core.bulk;

import dev.mekiki.core.bulk.Finding.Other;
import dev.mekiki.core.bulk.ImportOptions.ConflictPolicy;
import dev.mekiki.core.bulk.RowResult.Fate;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Appended;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.core.recognition.Query;
import dev.mekiki.core.time.Deadline;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way: compared with what the gallery shows, embedded, compared with the batches before it that the
 * gallery does not show yet, stored. Each step runs after the one before, so that its fields need no lock but for
 * {@link #accepted}, which later batches read once {@link #decided} has completed.
 */
final class ImportBatch {

    /** {@link dev.mekiki.core.gallery.GallerySearch#withContents} returns no more than so many of one content. */
    private static final int MOST_OF_A_CONTENT = 16;

    private final BulkImport into;
    private final long offset;
    private final CompletableFuture<Void> decided = new CompletableFuture<>();

    /** Not seen in the gallery when this batch asked it, perhaps; empty once this batch is decided. */
    private List<ImportBatch> earlier;

    private List<Line> lines = List.of();
    private Accepted accepted = new Accepted();
    private final List<CompletableFuture<Void>> shown = new ArrayList<>(1);
    private volatile List<CompletableFuture<EmbeddedImage>> embedding = List.of();
    private volatile boolean abandoned;

    ImportBatch(BulkImport into, long offset, List<ImportBatch> earlier) {
        this.into = into;
        this.offset = offset;
        this.earlier = earlier;
    }

    /** Completes when it is known which rows will be registered. */
    CompletableFuture<Void> decided() {
        return decided;
    }

    /**
     * Goes the whole way.
     *
     * @param rows reads the rows
     * @param before completes when everything about the batches before this one is decided
     */
    CompletableFuture<List<RowResult>> run(Supplier<List<ImportRow>> rows, CompletableFuture<?> before) {
        CompletableFuture<Void> ready = CompletableFuture.completedFuture(rows)
                .thenAcceptAsync(read -> compareContents(read.get()), into.threads)
                .thenCompose(_ -> embed())
                .thenRunAsync(this::compareVectors, into.threads);
        CompletableFuture<List<RowResult>> results = ready.thenCombine(before, (_, _) -> this)
                .thenApplyAsync(
                        _ -> {
                            decide();
                            decided.complete(null);
                            return store();
                        },
                        into.threads);
        var _ = results.whenComplete((_, failure) -> {
            if (failure != null) {
                decided.completeExceptionally(failure);
            }
            // What later batches compare with is all that is kept.
            lines = List.of();
            earlier = List.of();
        });
        return results;
    }

    /**
     * Completes when the gallery shows what was stored, or no longer will without being asked again. To be called after
     * {@link #run} has completed.
     */
    CompletableFuture<Void> shown() {
        return CompletableFuture.allOf(shown.toArray(CompletableFuture[]::new)).exceptionally(_ -> null);
    }

    void abandon() {
        abandoned = true;
        embedding.forEach(image -> image.cancel(false));
    }

    private void goOn() {
        if (abandoned) {
            throw new CancellationException();
        }
    }

    /** Finds rows that are there already, and contents that are there under another label. */
    private void compareContents(List<ImportRow> rows) {
        goOn();
        lines = new ArrayList<>(rows.size());
        Set<ContentDigest> contents = HashSet.newHashSet(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Line line = new Line(offset + i, rows.get(i));
            lines.add(line);
            if (line.isOpen()) {
                contents.add(line.content());
            }
        }
        if (contents.isEmpty()) {
            return;
        }
        Map<ContentDigest, List<RegistrationKey>> stored = new HashMap<>();
        for (RegistrationKey key : into.galleries.search().withContents(into.gallery, contents)) {
            stored.computeIfAbsent(key.content(), _ -> new ArrayList<>(1)).add(key);
        }
        Set<RegistrationId> unclear = new HashSet<>();
        for (Line line : lines) {
            if (line.isOpen()) {
                List<RegistrationKey> same = stored.getOrDefault(line.content(), List.of());
                same.forEach(line::compareId);
                // A derived id implies its content, so that nothing of the content is nothing of the id.
                if (line.isOpen() && (line.hasOwnId() || same.size() >= MOST_OF_A_CONTENT)) {
                    unclear.add(line.id());
                }
                same.forEach(key -> line.compareContent(key.label(), new Other.Stored(key.id(), key.label())));
            }
        }
        if (!unclear.isEmpty()) {
            Map<RegistrationId, RegistrationKey> taken = new HashMap<>();
            into.galleries.search().withIds(into.gallery, unclear).forEach(key -> taken.put(key.id(), key));
            for (Line line : lines) {
                RegistrationKey key = line.isReadable() ? taken.get(line.id()) : null;
                if (key != null) {
                    line.compareId(key);
                }
            }
        }
        lines.forEach(Line::refuseConflicts);
    }

    /** Embeds each image that is needed, the same bytes once. */
    private CompletableFuture<Void> embed() {
        Map<ContentDigest, List<Line>> byContent = new LinkedHashMap<>();
        for (Line line : lines) {
            if (line.isOpen()) {
                switch (line.readable().source()) {
                    case Query.OfEmbedding(var vector) -> line.vector = vector;
                    case Query.OfImage _ ->
                        byContent
                                .computeIfAbsent(line.content(), _ -> new ArrayList<>(1))
                                .add(line);
                }
            }
        }
        if (byContent.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<EmbeddedImage>> images = new ArrayList<>(byContent.size());
        List<CompletableFuture<?>> noted = new ArrayList<>(byContent.size());
        for (List<Line> same : byContent.values()) {
            if (into.embedder.isEmpty()) {
                InvalidInput why = new InvalidInput(
                        "image",
                        "an image",
                        "vectors, as no model of the gallery's space, " + into.space + ", is served");
                same.forEach(line -> line.refuse(new Finding.Rejected(why)));
            } else if (same.getFirst().readable().source() instanceof Query.OfImage(var image)) {
                CompletableFuture<EmbeddedImage> embedded =
                        into.embedder.get().embed(image, Tenant.of(into.gallery), Deadline.NONE);
                images.add(embedded);
                noted.add(embedded.handle((result, failure) -> {
                    note(same, result, failure);
                    return null;
                }));
            }
        }
        embedding = images;
        if (abandoned) {
            abandon();
        }
        return CompletableFuture.allOf(noted.toArray(CompletableFuture[]::new));
    }

    private static void note(List<Line> same, @Nullable EmbeddedImage embedded, @Nullable Throwable failure) {
        if (embedded != null) {
            same.forEach(line -> line.vector = embedded.embedding());
            return;
        }
        switch (unwrapped(Objects.requireNonNull(failure))) {
            case InvalidInput invalid -> same.forEach(line -> line.refuse(new Finding.Rejected(invalid)));
            case Failure away -> throw away;
            case CancellationException gone -> throw gone;
            case Throwable defect -> throw new CompletionException(defect);
        }
    }

    /** Finds nearly identical vectors in the gallery. */
    private void compareVectors() {
        if (into.options.conflictScore().isEmpty()) {
            return;
        }
        for (Line line : lines) {
            if (line.isOpen()) {
                goOn();
                // The best of the two best main labels that is not the row's own is the best of all others.
                Candidates near =
                        into.galleries.search().lookUp(new LookUp(into.gallery, line.vector(), LabelScope.ALL, 0, 1));
                for (Match match : near.mainLabels()) {
                    line.compareVector(
                            match.label(), match.score().cosine(), new Other.Stored(match.id(), match.label()));
                }
                line.refuseConflicts();
            }
        }
    }

    /** Compares with rows that the gallery did not show when it was asked: of earlier batches, and of this one. */
    private void decide() {
        goOn();
        List<Accepted> before = new ArrayList<>(earlier.size() + 1);
        earlier.forEach(batch -> before.add(batch.accepted));
        before.add(accepted);
        earlier = List.of();
        for (Line line : lines) {
            if (line.isOpen()) {
                before.forEach(rows -> line.compare(rows));
                line.refuseConflicts();
                if (line.isOpen()) {
                    accepted.add(line, into.options.conflictScore().isPresent());
                }
            }
        }
    }

    private List<RowResult> store() {
        List<Line> open = lines.stream().filter(Line::isOpen).toList();
        if (!open.isEmpty() && !into.options.validateOnly()) {
            store(open, into.clock.instant().truncatedTo(ChronoUnit.MILLIS));
        }
        List<RowResult> results = new ArrayList<>(lines.size());
        lines.forEach(line -> results.add(line.result()));
        return results;
    }

    /** Halves what the store does not take, for it may have limits of its own, until it is known which row that is. */
    private void store(List<Line> open, Instant now) {
        List<Registration> registrations = new ArrayList<>(open.size());
        for (Line line : open) {
            registrations.add(line.registration(now));
        }
        Appended appended;
        try {
            appended = into.galleries.registrations().append(into.gallery, registrations);
        } catch (InvalidInput e) {
            if (open.size() == 1) {
                open.getFirst().refuse(new Finding.Rejected(e));
            } else {
                store(open.subList(0, open.size() / 2), now);
                store(open.subList(open.size() / 2, open.size()), now);
            }
            return;
        }
        shown.add(appended.shown());
        for (int i = 0; i < open.size(); i++) {
            open.get(i).stored(appended.additions().get(i));
        }
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** A row that is or will be registered, as far as later ones are compared with it. */
    private record Claim(
            long offset,
            RegistrationId id,
            LabelPath label,
            ContentDigest content,
            @Nullable Embedding vector) {

        Other.Row asOther() {
            return new Other.Row(offset, label);
        }
    }

    /** The rows of a batch that are registered. */
    private static final class Accepted {

        private final Map<RegistrationId, Claim> byId = new HashMap<>();
        private final Map<ContentDigest, List<Claim>> byContent = new HashMap<>();
        private final List<Claim> withVectors = new ArrayList<>();

        void add(Line line, boolean vectors) {
            Claim claim = new Claim(
                    line.offset, line.id(), line.readable().label(), line.content(), vectors ? line.vector() : null);
            byId.put(claim.id, claim);
            byContent.computeIfAbsent(claim.content, _ -> new ArrayList<>(1)).add(claim);
            if (vectors) {
                withVectors.add(claim);
            }
        }
    }

    /** One row with what has been found out about it; open until it is known that it will not be registered. */
    private final class Line {

        private final long offset;
        private final ImportRow.@Nullable Readable readable;
        private final @Nullable ContentDigest content;
        private final @Nullable RegistrationId id;
        private @Nullable Embedding vector;
        private @Nullable RowResult closed;

        /** The gravest so far; does not close the row by itself. */
        private @Nullable Finding finding;

        Line(long offset, ImportRow row) {
            this.offset = offset;
            switch (row) {
                case ImportRow.Unreadable(var why) -> {
                    readable = null;
                    content = null;
                    id = null;
                    closed = RowResult.refused(new Finding.Rejected(why));
                }
                case ImportRow.Readable given -> {
                    readable = given;
                    ContentDigest digest = switch (given.source()) {
                        case Query.OfImage(var image) -> image.digest();
                        case Query.OfEmbedding(var embedding) -> given.content().orElseGet(embedding::digest);
                    };
                    content = digest;
                    id = given.id().orElseGet(() -> RegistrationId.derived(into.gallery, given.label(), digest));
                }
            }
        }

        boolean isReadable() {
            return readable != null;
        }

        boolean isOpen() {
            return closed == null;
        }

        boolean hasOwnId() {
            return readable().id().isPresent();
        }

        ImportRow.Readable readable() {
            return Objects.requireNonNull(readable);
        }

        ContentDigest content() {
            return Objects.requireNonNull(content);
        }

        RegistrationId id() {
            return Objects.requireNonNull(id);
        }

        Embedding vector() {
            return Objects.requireNonNull(vector);
        }

        void refuse(Finding why) {
            closed = RowResult.refused(why);
        }

        void compareId(RegistrationKey other) {
            if (isOpen() && other.id().equals(id)) {
                if (other.label().equals(readable().label()) && other.content().equals(content)) {
                    closed = RowResult.PRESENT;
                } else {
                    refuseTaken();
                }
            }
        }

        private void refuseTaken() {
            refuse(new Finding.Rejected(new AlreadyExists(Registration.resource(into.gallery, id()))));
        }

        void compareContent(LabelPath label, Other other) {
            if (!isOpen() || finding instanceof Finding.ConflictingContent) {
                return;
            }
            if (!label.main().equals(readable().label().main())) {
                finding = new Finding.ConflictingContent(other);
            } else if (finding == null) {
                finding = new Finding.Duplicate(other);
            }
        }

        void compareVector(LabelPath label, double cosine, Other other) {
            if (!isOpen()
                    || finding instanceof Finding.ConflictingContent
                    || cosine < into.options.conflictScore().orElseThrow()
                    || label.main().equals(readable().label().main())
                    || (finding instanceof Finding.ConflictingEmbedding nearer
                            && nearer.score().cosine() >= cosine)) {
                return;
            }
            finding = new Finding.ConflictingEmbedding(other, new ExactScore(cosine));
        }

        void compare(Accepted rows) {
            Claim sameId = rows.byId.get(id());
            if (sameId != null) {
                compareId(new RegistrationKey(sameId.id, sameId.label, sameId.content));
            }
            for (Claim claim : rows.byContent.getOrDefault(content(), List.of())) {
                compareContent(claim.label, claim.asOther());
            }
            for (Claim claim : rows.withVectors) {
                compareVector(claim.label, vector().cosine(Objects.requireNonNull(claim.vector)), claim.asOther());
            }
        }

        void refuseConflicts() {
            if (isOpen()
                    && into.options.conflicts() == ConflictPolicy.REJECT
                    && finding != null
                    && !(finding instanceof Finding.Duplicate)) {
                refuse(finding);
            }
        }

        Registration registration(Instant now) {
            return new Registration(
                    into.gallery,
                    id(),
                    readable().label(),
                    content(),
                    vector(),
                    readable().attributes(),
                    readable().createTime().orElse(now));
        }

        void stored(Addition addition) {
            switch (addition) {
                case Addition.Added _ -> {}
                case Addition.Present _ -> closed = RowResult.PRESENT;
                case Addition.Taken _ -> refuseTaken();
            }
        }

        RowResult result() {
            return closed != null ? closed : new RowResult(Fate.REGISTERED, Optional.ofNullable(finding));
        }
    }
}
