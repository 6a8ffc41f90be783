package dev.mekiki.service.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * docs/configuration.md is what the Javadoc of the configuration says. Write it anew with
 * {@code mvn -pl service test -Dtest=ConfigurationPageTest -Dmekiki.docs.write=true}.
 */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final List<Class<?>> CONCERNS = List.of(
            ModelConfig.class,
            InferenceConfig.class,
            GpuConfig.class,
            TensorRtConfig.class,
            ImageConfig.class,
            GalleryConfig.class,
            KeptImagesConfig.class,
            MilvusConfig.class,
            MilvusIndexConfig.class,
            MilvusTlsConfig.class,
            DriftConfig.class,
            TracingConfig.class,
            AdmissionConfig.class,
            ServerConfig.class,
            ServerTlsConfig.class,
            AccessConfig.class,
            TokenConfig.class);

    @Test
    void thePageSaysWhatTheJavadocSays() throws Exception {
        String page = render();
        if (Boolean.getBoolean("mekiki.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).hasContent(page);
    }

    private static String render() throws Exception {
        StringBuilder page = new StringBuilder("""
                # Configuration

                Every property of the service. Set one with `./mekiki serve -Dkey=value`, with an environment variable
                (`MEKIKI_GALLERY_DIRECTORY`), or in `config/application.properties` in the working directory. A value
                that cannot work keeps the service from starting, with a message that names the property, what was found
                and what was expected.

                `./mekiki doctor -Dkey=value` examines what a service of these properties needs, models, galleries or
                Milvus, disk, limits, clock, certificates, the access file, and says what helps; in a container,
                `MEKIKI_SERVER_EXAMINE=true`. It makes the folder of an embedded gallery if there is none, leaves
                nothing else behind, and needs that folder for itself: not while a service has it.

                Where it listens is set by Quarkus' own properties: `quarkus.grpc.server.host` and `.port` (`127.0.0.1`,
                `9000`), and for health and metrics `quarkus.http.host` and `.port` (`127.0.0.1`, `8080`).

                What a GPU takes is on [a page of its own](gpu.md).
                """);
        for (Class<?> concern : CONCERNS) {
            page.append(section(concern));
        }
        return page.toString();
    }

    private static String section(Class<?> concern) throws Exception {
        Path source = Path.of("src/main/java", concern.getName().replace('.', '/') + ".java");
        String prefix = Objects.requireNonNull(concern.getAnnotation(ConfigMapping.class))
                .prefix();
        StringBuilder section = new StringBuilder();
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, Locale.ROOT, null)) {
            JavacTask task = (JavacTask) javac.getTask(null, files, null, null, null, files.getJavaFileObjects(source));
            CompilationUnitTree unit = task.parse().iterator().next();
            DocTrees docs = DocTrees.instance(task);
            ClassTree type = (ClassTree) unit.getTypeDecls().getFirst();
            section.append("\n## ").append(prefix).append("\n\n");
            section.append(text(docs, unit, type)).append("\n\n| property | default | meaning |\n|---|---|---|\n");
            for (Tree member : type.getMembers()) {
                if (member instanceof ClassTree) {
                    continue;
                }
                String method = ((MethodTree) member).getName().toString();
                section.append("| `%s.%s` | %s | %s |\n"
                        .formatted(
                                prefix,
                                kebab(method),
                                usual(concern.getMethod(method)),
                                text(docs, unit, type, member)));
            }
        }
        return section.toString();
    }

    private static String text(DocTrees docs, CompilationUnitTree unit, Tree... path) throws IOException {
        TreePath at = new TreePath(unit);
        for (Tree step : path) {
            at = new TreePath(at, step);
        }
        return Objects.requireNonNull(docs.getDocComment(at), "no Javadoc in " + unit.getSourceFile())
                .strip()
                .replaceAll("\\s+", " ")
                .replaceAll("\\{@code ([^}]*)}", "`$1`")
                .replace("|", "\\|");
    }

    private static String usual(Method property) {
        return Optional.ofNullable(property.getAnnotation(WithDefault.class))
                .map(usual -> "`" + usual.value() + "`")
                .orElse("");
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
