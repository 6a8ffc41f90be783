package dev.mekiki.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

@AnalyzeClasses(packages = "dev.mekiki", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleBoundariesTest {

    @ArchTest
    static final ArchRule coreSeesOnlyTheJdk = classes()
            .that()
            .resideInAPackage("dev.mekiki.core..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.mekiki.core..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule onlyServiceSeesQuarkus = noClasses()
            .that()
            .resideOutsideOfPackage("dev.mekiki.service..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..",
                    "io.smallrye..",
                    "io.vertx..",
                    "io.micrometer..",
                    "jakarta..",
                    "org.eclipse.microprofile..");

    @ArchTest
    static final ArchRule onlyInferenceSessionsSeeOnnxRuntime = noClasses()
            .that()
            .resideOutsideOfPackage("dev.mekiki.inference.session..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule onlyTheTrainingEngineSeesPyTorch = noClasses()
            .that()
            .resideOutsideOfPackage("dev.mekiki.training.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bytedeco.pytorch..", "org.bytedeco.cuda..");

    @ArchTest
    static final ArchRule onlyTheEmbeddedGallerySeesLucene = noClasses()
            .that()
            .resideOutsideOfPackage("dev.mekiki.gallery.embedded..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.lucene..");

    @ArchTest
    static final ArchRule onlyTheMilvusServerSeesDocker = noClasses()
            .that()
            .resideOutsideOfPackage("dev.mekiki.milvus.server..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.testcontainers..", "com.github.dockerjava..");

    @ArchTest
    static final ArchRule theMilvusServerSeesNothing = sees("milvus");

    @ArchTest
    static final ArchRule onlyTheMilvusGalleryAndItsBenchmarkSeeMilvus = noClasses()
            .that()
            .resideOutsideOfPackages("dev.mekiki.gallery.milvus..", "dev.mekiki.benchmarks.gallery..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.milvus..");

    /** Steps of the clock are tried by giving another one, so nobody may have one of his own. */
    @ArchTest
    static final ArchRule whatServesTakesTheTimeOfDayFromTheClockThatItIsGiven = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.mekiki.core..", "dev.mekiki.inference..", "dev.mekiki.gallery..", "dev.mekiki.service..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callConstructor(Date.class);

    @ArchTest
    static final ArchRule theBatcherKnowsNothingOfModelsOrImages = classes()
            .that()
            .resideInAPackage("dev.mekiki.inference.batch..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.mekiki.inference.batch..", "dev.mekiki.core..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule inferenceSeesCoreOnly = sees("inference", "core");

    @ArchTest
    static final ArchRule galleriesSeeCoreOnly = sees("gallery", "core");

    @ArchTest
    static final ArchRule samplesSeeNothing = sees("samples");

    @ArchTest
    static final ArchRule reportSeesNothing = sees("report");

    @ArchTest
    static final ArchRule analysisSeesCoreOnly = sees("analysis", "core");

    @ArchTest
    static final ArchRule onlyGraphAndProjectionSeeTheirLibraries = noClasses()
            .that()
            .resideOutsideOfPackages("dev.mekiki.analysis.graph..", "dev.mekiki.analysis.projection..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("nl.cwts..", "tagbio..");

    @ArchTest
    static final ArchRule protoSeesNothing = sees("v1");

    @ArchTest
    static final ArchRule theOpenInferenceProtocolSeesNothing = sees("openinference");

    @ArchTest
    static final ArchRule clientSeesTheApiOnly = sees("client", "v1");

    @ArchTest
    static final ArchRule trainingSeesWhatItTrainsFor =
            sees("training", "core", "inference", "analysis", "samples", "report");

    @ArchTest
    static final ArchRule serviceWiresTheServingParts =
            sees("service", "core", "inference", "gallery", "analysis", "v1", "openinference");

    @ArchTest
    static final ArchRule serviceSeesNoMoreOfTheAnalysisThanSketches = noClasses()
            .that()
            .resideInAPackage("dev.mekiki.service..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("dev.mekiki.analysis.GalleryAnalysis")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.mekiki.analysis.graph..",
                    "dev.mekiki.analysis.projection..",
                    "dev.mekiki.analysis.statistics..");

    @ArchTest
    static final ArchRule portsAreSmall = classes()
            .that()
            .resideInAPackage("dev.mekiki.core..")
            .and()
            .areInterfaces()
            .should(haveFewerThanSixMethods());

    @ArchTest
    static final ArchRule packagesAreNamedAfterWhatTheyHold = noClasses()
            .should()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..impl..", "..manager..", "..helper..");

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
            .that()
            .resideOutsideOfPackages("dev.mekiki.v1..", "dev.mekiki.openinference..", "..jmh_generated..")
            .should(liveInANullMarkedPackage());

    /** A module may depend on itself and on the modules named, of all of this project's. */
    private static ArchRule sees(String module, String... others) {
        String[] foreign = Stream.of(
                        "core",
                        "v1",
                        "openinference",
                        "client",
                        "samples",
                        "report",
                        "analysis",
                        "inference",
                        "milvus",
                        "gallery",
                        "training",
                        "service",
                        "cli",
                        "benchmarks")
                .filter(m -> !m.equals(module) && !List.of(others).contains(m))
                .map(m -> "dev.mekiki." + m + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage("dev.mekiki." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(foreign);
    }

    private static ArchCondition<JavaClass> haveFewerThanSixMethods() {
        return new ArchCondition<>("have fewer than six abstract methods") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                long methods = type.getMethods().stream()
                        .filter(m -> m.getModifiers().contains(JavaModifier.ABSTRACT))
                        .count();
                events.add(new SimpleConditionEvent(type, methods < 6, type.getName() + " has " + methods));
            }
        };
    }

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return new ArchCondition<>("live in a package whose package-info says @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                events.add(new SimpleConditionEvent(
                        type,
                        type.getPackage().isAnnotatedWith(NullMarked.class),
                        type.getPackageName() + " has no @NullMarked package-info"));
            }
        };
    }
}
