package dev.mekiki.cli;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.cli.measure.GalleryAnswers;
import dev.mekiki.cli.measure.ServedModel;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.client.Connection;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.training.UnseenDocuments;
import dev.mekiki.training.evaluation.ConcentrationStudy;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.EvaluatedModel;
import dev.mekiki.training.evaluation.Evaluation;
import dev.mekiki.training.evaluation.EvaluationStudy;
import dev.mekiki.training.evaluation.Material;
import dev.mekiki.training.evaluation.ServedDecisions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "evaluate",
        description = {
            "Measures models on a folder of images, one label each, or main/image.jpg, main/sub/image.jpg.",
            "Flat images are all registered and photographed by simulation; with --real the folder holds photographs,"
                    + " of which the first of each label are registered and the others shown.",
            "Prints verification and open-set tables with 95 %% intervals; --html has curves and pictures as well."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class EvaluateCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "FOLDER", description = "JPEG, PNG and WebP files.")
    private Path folder;

    @Mixin
    private SecurityOptions tls;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "An ONNX file with its card beside it; left out: the model of the project.")
    private @Nullable Path model;

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            description = "Measure the model of a running service instead of a file.")
    private @Nullable String target;

    @Option(
            names = "--served-model",
            paramLabel = "MODEL",
            defaultValue = "",
            description = "Which of the service's models, by name or digest; left out: its main one.")
    private String servedModel;

    @Option(
            names = "--gallery",
            paramLabel = "GALLERY",
            description =
                    "Also ask this gallery of the service to recognise the photographs, by its own registrations and"
                            + " policy. Labels that it does not have count as unknown.")
    private @Nullable String gallery;

    @Option(
            names = "--compare",
            paramLabel = "FILE",
            description =
                    "A further ONNX file, compared with the first model on the same photographs; may be repeated.")
    private List<Path> compared = List.of();

    @Option(
            names = "--only-unseen",
            description = "Only the files that the model of the project was not trained on, out of DocClassifier's"
                    + " UniquePool.")
    private boolean onlyUnseen;

    @Option(
            names = "--photographs",
            paramLabel = "N",
            defaultValue = "8",
            description = "Simulated of each image, under mild and under hard conditions; default ${DEFAULT-VALUE}.")
    private int photographs;

    @Option(names = "--real", description = "The folder holds photographs: simulate none.")
    private boolean real;

    @Option(
            names = "--registrations",
            paramLabel = "N",
            defaultValue = "1",
            description = "With --real: how many of each label are registered, the first by name; default"
                    + " ${DEFAULT-VALUE}.")
    private int registrations;

    @Option(
            names = "--draws",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Draws of labels that the intervals come from; 0 for none; default ${DEFAULT-VALUE}.")
    private int draws;

    @Option(
            names = "--speed",
            description = "Also measure images a second of the models alone, on one thread, in turns.")
    private boolean speed;

    @Option(
            names = "--concentration",
            description = "Instead: whether labels whose photographs are scattered are misrecognised more often, and"
                    + " whether the cluster-guided loss is worth a try.")
    private boolean concentration;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page there, with curves and pictures.")
    private @Nullable Path html;

    @Override
    public Integer call() throws Exception {
        check();
        Set<String> unseen = UnseenDocuments.names();
        Predicate<String> wanted = onlyUnseen ? unseen::contains : _ -> true;
        Evaluation.Settings standard = Evaluation.Settings.standard();
        Evaluation.Settings settings = new Evaluation.Settings(
                photographs, standard.longestSide(), standard.splits(), standard.seed(), standard.threads(), draws);
        DocumentFolder documents = DocumentFolder.read(folder, wanted);
        Material material =
                real ? Evaluation.taken(documents, registrations) : Evaluation.simulated(documents, settings);
        List<EvaluatedModel> models = new ArrayList<>();
        try (@Nullable Connection connection = target == null ? null : connect(target)) {
            models.add(
                    connection == null
                            ? EvaluatedModel.ofFile(
                                    model != null
                                            ? model
                                            : Installation.current().model(),
                                    settings.threads())
                            : served(connection, material));
            for (Path file : compared) {
                models.add(EvaluatedModel.ofFile(file, settings.threads()));
            }
            if (concentration) {
                ConcentrationStudy study = ConcentrationStudy.of(models.getFirst(), material, settings);
                tell(study.table(), study.toJson(Mekiki.VERSION), () -> study.toHtml(Mekiki.VERSION));
                return 0;
            }
            EvaluationStudy study = Evaluation.study(models, material, settings);
            if (speed) {
                study = study.withSpeeds(models);
            }
            if (connection != null && gallery != null) {
                study = study.withDecisions(ServedDecisions.of(
                        gallery,
                        new GalleryAnswers(connection, ServiceOptions.retrying(PATIENCE), "galleries/" + gallery)
                                .to(material),
                        new ClassBootstrap(material.labels().size(), draws, settings.seed())));
            }
            EvaluationStudy found = study;
            tell(found.table(), found.toJson(Mekiki.VERSION), () -> found.toHtml(material, Mekiki.VERSION));
            return 0;
        } finally {
            models.forEach(EvaluatedModel::close);
        }
    }

    private void check() {
        if (target != null && model != null) {
            throw wrong("--model, --target: both (expected: one of them; --compare takes further files)");
        }
        if (target == null && gallery != null) {
            throw wrong("--gallery: \"" + gallery + "\" (expected: with --target, the service that has it)");
        }
        if (speed && target != null) {
            throw wrong("--speed, --target: both (expected: one of them; ./mekiki bench measures a service)");
        }
        if (concentration && !(compared.isEmpty() && gallery == null && !speed)) {
            throw wrong("--concentration: with --compare, --gallery or --speed (expected: without)");
        }
        if (registrations < 1) {
            throw wrong("--registrations: " + registrations + " (expected: at least 1)");
        }
        if (draws != 0 && (draws < 100 || draws > 100_000)) {
            throw wrong("--draws: " + draws + " (expected: 0 or 100..100000)");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private Connection connect(String address) {
        try {
            return Connection.to(address, Duration.ofSeconds(30), tls.credentials());
        } catch (IllegalArgumentException e) {
            throw wrong("--" + e.getMessage());
        }
    }

    private EvaluatedModel served(Connection connection, Material material) throws IOException, InterruptedException {
        ServedModel served = new ServedModel(
                connection, ServiceOptions.retrying(PATIENCE), servedModel, new EncodedImage(material.registered(0)));
        return EvaluatedModel.served(served, served);
    }

    private interface Page {
        String html() throws IOException;
    }

    private void tell(String table, String figures, Page page) throws IOException {
        System.out.print(table);
        if (json != null) {
            Files.writeString(json, figures + "\n");
        }
        if (html != null) {
            Files.writeString(html, page.html());
        }
    }
}
