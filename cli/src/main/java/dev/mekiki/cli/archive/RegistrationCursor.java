package dev.mekiki.cli.archive;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Walks over registrations in the order of their ids. Used by one thread. */
interface RegistrationCursor extends Closeable {

    /** The next registration; null after the last. */
    @Nullable
    ArchivedRegistration next() throws IOException, InterruptedException;
}
