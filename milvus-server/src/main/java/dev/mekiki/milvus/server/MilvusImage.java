package dev.mekiki.milvus.server;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Image;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;

/**
 * An image that Docker has.
 *
 * @param name with its tag
 */
record MilvusImage(String name) {

    /** As Testcontainers' module for Milvus knows it. */
    static final String REPOSITORY = "milvusdb/milvus";

    private static final String VERSION = "v2.6.16";
    private static final long PULL_LIMIT_MINUTES = 10;

    /**
     * The version that the project is tested with, pulled if need be; else any that is there; empty if Docker does not
     * answer or no image can be had.
     */
    static Optional<MilvusImage> find() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.empty();
        }
        DockerClient docker = DockerClientFactory.lazyClient();
        String wanted = REPOSITORY + ":" + VERSION;
        if (isThere(docker, wanted) || isPulled(docker, wanted)) {
            return Optional.of(new MilvusImage(wanted));
        }
        Optional<MilvusImage> other = docker.listImagesCmd().exec().stream()
                .flatMap(MilvusImage::names)
                .filter(name -> name.startsWith(REPOSITORY + ":"))
                .max(String::compareTo)
                .map(MilvusImage::new);
        if (other.isEmpty()) {
            System.err.println("mekiki: Docker has no image " + wanted + " and cannot pull it; running the binary");
        }
        return other;
    }

    private static Stream<String> names(Image image) {
        String[] names = image.getRepoTags();
        return names == null ? Stream.empty() : Arrays.stream(names);
    }

    private static boolean isThere(DockerClient docker, String name) {
        try {
            docker.inspectImageCmd(name).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    private static boolean isPulled(DockerClient docker, String name) {
        // Testcontainers would try for minutes where no registry answers.
        try {
            return docker.pullImageCmd(name)
                    .exec(new PullImageResultCallback())
                    .awaitCompletion(PULL_LIMIT_MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
