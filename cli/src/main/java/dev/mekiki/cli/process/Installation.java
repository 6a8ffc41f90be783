package dev.mekiki.cli.process;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the project's own files are.
 *
 * @param root the folder of the launcher
 */
public record Installation(Path root) {

    /** Set by the launcher. */
    public static final String PROPERTY = "mekiki.home";

    /** From the system property {@value #PROPERTY}, else the working directory. */
    public static Installation current() {
        return new Installation(
                Path.of(System.getProperty(PROPERTY, "")).toAbsolutePath().normalize());
    }

    /**
     * The service, packaged.
     *
     * @throws IllegalStateException if it has not been built
     */
    public Path serviceJar() {
        Path jar = root.resolve(Path.of("service", "target", "quarkus-app", "quarkus-run.jar"));
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("service: " + jar + " is not there (expected: built by ./mekiki, or by"
                    + " mvn -pl service -am package)");
        }
        return jar;
    }

    /** What the service's virtual machine is started with, a file of arguments. */
    public Path serviceJvmOptions() {
        return root.resolve(Path.of("service", "jvm.options"));
    }

    /** The embedder that the project trained itself; its card lies beside it. */
    public Path model() {
        return root.resolve(Path.of("models", "documents-lcnet050.onnx"));
    }
}
