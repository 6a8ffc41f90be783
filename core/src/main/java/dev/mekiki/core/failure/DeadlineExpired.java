package dev.mekiki.core.failure;

import dev.mekiki.core.time.Stage;

/** The caller's deadline passed while the request was waiting. */
public final class DeadlineExpired extends Failure {

    private static final long serialVersionUID = 1L;

    public DeadlineExpired(Stage stage) {
        super("deadline expired before stage " + stage.name().toLowerCase(java.util.Locale.ROOT));
    }
}
