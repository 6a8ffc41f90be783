package dev.mekiki.client.bulk;

import java.io.IOException;

/** Remembers how far an import is, so that another process can go on. Used by one thread. */
public interface ImportJournal {

    /** What was recorded last; {@link ImportProgress#NONE} for a new import. */
    ImportProgress progress();

    /**
     * Returns when it is durable. Recording less often than progress is made loses nothing: what is sent again is found
     * to be present.
     *
     * @throws IOException if it cannot be written
     */
    void record(ImportProgress progress) throws IOException;

    /** One that lasts as long as this object, for imports that are not to be continued by another process. */
    static ImportJournal inMemory() {
        return new ImportJournal() {
            private ImportProgress last = ImportProgress.NONE;

            @Override
            public ImportProgress progress() {
                return last;
            }

            @Override
            public void record(ImportProgress progress) {
                last = progress;
            }
        };
    }
}
