package dev.mekiki.cli;

import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Refusal;
import dev.mekiki.v1.Known;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Unknown;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "recognise",
        aliases = "recognize",
        description = "Says what images show, a line each: file, label or \"unknown\", and why.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class RecogniseCommand implements Callable<Integer> {

    @Mixin
    private ServiceOptions service;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "JPEG, PNG or WebP files.")
    private List<Path> files;

    @Override
    public Integer call() {
        String gallery = service.galleryName();
        int failed = 0;
        try (Connection connection = service.connect()) {
            for (Path file : files) {
                try {
                    RecognizeResponse response = connection
                            .recognition()
                            .recognize(RecognizeRequest.newBuilder()
                                    .setGallery(gallery)
                                    .setImage(UnsafeByteOperations.unsafeWrap(Files.readAllBytes(file)))
                                    .setMaxMatches(1)
                                    .build());
                    System.out.println(file + "\t" + inWords(response));
                } catch (IOException e) {
                    failed++;
                    System.err.println(file + "\tcannot be read: " + e);
                } catch (StatusRuntimeException e) {
                    Refusal refusal = Refusal.of(e);
                    if (!refusal.concernsOneRequest()) {
                        throw e;
                    }
                    failed++;
                    System.err.println(file + "\t" + refusal);
                }
            }
        }
        return failed == 0 ? 0 : 1;
    }

    /** Label, then the evidence, with a tab between. */
    static String inWords(RecognizeResponse response) {
        if (response.hasKnown()) {
            Known known = response.getKnown();
            return String.format(
                    Locale.ROOT,
                    "%s\tscore %.3f, threshold %.3f%s",
                    known.getSubLabel().isEmpty()
                            ? known.getMainLabel()
                            : known.getMainLabel() + "/" + known.getSubLabel(),
                    known.getScore(),
                    known.getThreshold(),
                    known.hasMargin() ? String.format(Locale.ROOT, ", margin %.3f", known.getMargin()) : "");
        }
        Unknown unknown = response.getUnknown();
        return unknown.hasBestScore()
                ? String.format(
                        Locale.ROOT,
                        "unknown\tscore %.3f, threshold %.3f, nearest %s",
                        unknown.getBestScore(),
                        unknown.getThreshold(),
                        response.getMatchesCount() > 0 ? response.getMatches(0).getLabel() : "not told")
                : "unknown\tnothing is registered";
    }
}
