package dev.mekiki.cli.bulk;

import dev.mekiki.client.Refusal;
import dev.mekiki.client.bulk.ImportListener;
import dev.mekiki.client.bulk.ImportProgress;
import dev.mekiki.client.bulk.RowFinding;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Listens to an import for a person: shows progress, keeps the first findings, writes all of them to a file. */
public final class Findings implements ImportListener {

    private static final int MOST_SHOWN = 20;

    private final Progress progress;
    private final Optional<RejectsFile> file;
    private final Duration patience;
    private final List<String> shown = new ArrayList<>();
    private long found;
    private boolean away;

    /** @param patience told when the service is away */
    public Findings(Progress progress, Optional<RejectsFile> file, Duration patience) {
        this.progress = progress;
        this.file = file;
        this.patience = patience;
    }

    @Override
    public void found(RowFinding finding) throws IOException {
        found++;
        if (shown.size() < MOST_SHOWN) {
            shown.add(RejectsFile.kind(finding.finding().getKind())
                    + (finding.finding().getRegistered() ? ", registered all the same: " : ": ") + finding.origin()
                    + ": " + finding.reason());
        }
        if (file.isPresent()) {
            file.get().add(finding);
            // Before the progress that includes it is recorded.
            file.get().flush();
        }
    }

    @Override
    public void advanced(ImportProgress reached) {
        if (away) {
            away = false;
            progress.say("the service is back");
        }
        progress.reach(reached.nextOffset());
    }

    @Override
    public void waits(Refusal reason, Duration pause) {
        if (!away) {
            away = true;
            progress.say(reason + "; trying again for up to " + Progress.forPeople(patience));
        }
    }

    /** The first findings, a line each, and how many more there are. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(shown);
        if (found > shown.size()) {
            lines.add(found - shown.size() + " more" + (file.isPresent() ? "" : "; --rejects FILE keeps them all"));
        }
        return lines;
    }
}
