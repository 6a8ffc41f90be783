package dev.mekiki.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The chart as Helm renders it. */
final class Chart {

    static final Path FOLDER = Path.of("mekiki");

    /** The fewest values with which it can be installed with an embedded gallery. */
    static final String EMBEDDED = """
            image: {repository: example/mekiki}
            insecureListenAllowed: true
            """;

    /** The fewest values with which it can be installed with galleries in Milvus. */
    static final String MILVUS = """
            image: {repository: example/mekiki}
            insecureListenAllowed: true
            gallery: {backend: milvus, milvus: {uri: "http://milvus:19530"}}
            """;

    /** Versions of Kubernetes whose schemas it is held against, ascending. */
    static final List<String> SUPPORTED = List.of("1.35", "1.36", "1.37");

    private static final YAMLMapper YAML = new YAMLMapper();

    /** Helm's library leaves hooks out of what it renders, so in this copy they are none. */
    private static final Path WITHOUT_HOOKS = copyWithoutHooks();

    private Chart() {}

    /**
     * What Helm makes of the chart with {@code values}, YAML each, later ones over earlier ones, for a release called
     * "mekiki" in the namespace "recognition".
     *
     * @throws IllegalStateException if the values are refused, with Helm's message
     */
    static Rendering render(String... values) {
        return render(List.of(values));
    }

    /** As {@link #render(String...)}. */
    static Rendering render(List<String> values) {
        return render(SUPPORTED.getLast(), values);
    }

    /** As {@link #render(String...)}, for a cluster of a version of Kubernetes, such as "1.37". */
    static Rendering render(String kubernetes, List<String> values) {
        TemplateCommand helm = new Helm(WITHOUT_HOOKS)
                .template()
                .withName("mekiki")
                .withNamespace("recognition")
                .withKubeVersion(kubernetes);
        String text = with(values, files -> {
            files.forEach(helm::withValuesFile);
            return helm.call();
        });
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(text)) {
            return new Rendering(
                    text,
                    documents.readAll().stream().filter(JsonNode::isObject).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What Helm tells whoever has installed the chart. */
    static String notes(String... values) {
        InstallCommand helm = new Helm(FOLDER)
                .install()
                .withName("mekiki")
                .withNamespace("recognition")
                .withKubeVersion(SUPPORTED.getLast())
                .dryRun()
                .withDryRunOption(DryRun.CLIENT)
                .clientOnly();
        String output = with(List.of(values), files -> {
            files.forEach(helm::withValuesFile);
            return helm.call().getOutput();
        });
        return output.substring(output.indexOf("NOTES:"));
    }

    private static String with(List<String> values, Function<List<Path>, String> command) {
        List<Path> files = new ArrayList<>();
        try {
            try {
                for (String text : values) {
                    files.add(Files.writeString(Files.createTempFile("values", ".yaml"), text));
                }
                return command.apply(files);
            } finally {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copyWithoutHooks() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            Path copy = Files.createTempDirectory("chart");
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(FOLDER.relativize(file).toString());
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                Files.writeString(target, Files.readString(file).replaceAll("(?m)^ *helm\\.sh/hook.*\n", ""));
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One document of YAML. */
    static JsonNode yaml(String text) {
        try {
            return YAML.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One document of YAML, in a file. */
    static JsonNode yaml(Path file) {
        try {
            return yaml(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A rendered chart.
     *
     * @param text all of it
     * @param documents in the order of {@code text}
     */
    record Rendering(String text, List<JsonNode> documents) {

        Rendering {
            documents = List.copyOf(documents);
        }

        List<JsonNode> all(String kind) {
            return documents.stream()
                    .filter(document -> document.path("kind").asText().equals(kind))
                    .toList();
        }

        /** The object of {@code kind}, of which there is one. */
        JsonNode only(String kind) {
            List<JsonNode> found = all(kind);
            if (found.size() != 1) {
                throw new AssertionError(found.size() + " objects of kind " + kind + " (expected: 1)");
            }
            return found.getFirst();
        }

        JsonNode named(String kind, String name) {
            return all(kind).stream()
                    .filter(document -> document.at("/metadata/name").asText().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + kind + " called " + name));
        }

        /** The Deployment or StatefulSet. */
        JsonNode workload() {
            return Stream.concat(all("Deployment").stream(), all("StatefulSet").stream())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("neither a Deployment nor a StatefulSet"));
        }

        JsonNode pod() {
            return workload().at("/spec/template/spec");
        }

        JsonNode container() {
            return pod().at("/containers/0");
        }

        /** The value of a variable of the service's container, or what it comes from. */
        JsonNode variable(String name) {
            return StreamSupport.stream(container().path("env").spliterator(), false)
                    .filter(variable -> variable.path("name").asText().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no variable " + name));
        }

        /** The entry called {@code name} of a list of the pod, such as its volumes. */
        JsonNode entry(JsonNode list, String name) {
            return StreamSupport.stream(list.spliterator(), false)
                    .filter(entry -> entry.path("name").asText().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no entry " + name + " in " + list));
        }

        JsonNode volume(String name) {
            return entry(pod().path("volumes"), name);
        }

        JsonNode mount(String name) {
            return entry(container().path("volumeMounts"), name);
        }

        /** The service's properties, read as Java reads them. */
        Properties properties() {
            Properties properties = new Properties();
            try {
                properties.load(new StringReader(named("ConfigMap", "mekiki")
                        .at("/data/application.properties")
                        .asText()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return properties;
        }
    }
}
