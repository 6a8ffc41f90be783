package dev.mekiki.inference.session;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model cannot be loaded as configured: its file is not the one its card describes, or the execution provider that was
 * asked for is not there. Met when a model is opened only. The message is for whoever operates this machine and names
 * the file; {@link #problem} is for anybody.
 */
public final class ModelUnusable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The folders of an absolute path; ONNX Runtime names its libraries so. */
    private static final Pattern FOLDERS = Pattern.compile("(?<![\\w.])(?:[A-Za-z]:)?[/\\\\](?:[^/\\\\\\s:]+[/\\\\])+");

    private final String problem;

    ModelUnusable(Path onnx, String problem) {
        this(onnx, problem, null);
    }

    ModelUnusable(Path onnx, String problem, @Nullable Throwable cause) {
        super("model " + onnx + ": " + problem, cause);
        this.problem = problem;
    }

    /** For what is wrong with this machine, or with a model that is in no file. */
    ModelUnusable(String problem, @Nullable Throwable cause) {
        super(problem, cause);
        this.problem = problem;
    }

    /** What is wrong, without saying in which folder of this machine anything lies. */
    public String problem() {
        return FOLDERS.matcher(problem).replaceAll("");
    }
}
