package dev.mekiki.cli.analyse;

import dev.mekiki.analysis.finding.Action;
import dev.mekiki.analysis.finding.Evidence;
import dev.mekiki.analysis.finding.Finding;
import dev.mekiki.core.gallery.RegistrationId;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A finding in words.
 *
 * @param subject labels or registration that it is about
 * @param evidence why
 * @param action what to do
 * @param pictures registrations to look at, at most six
 */
record FindingText(String subject, String evidence, String action, List<RegistrationId> pictures) {

    private static final int MOST_PICTURES = 6;

    /** What findings of a kind are, as a heading. */
    static String heading(Class<? extends Finding> kind) {
        if (kind == Finding.Contradiction.class) {
            return "The same image under two labels";
        } else if (kind == Finding.Misplaced.class) {
            return "Registrations that seem to be of another label";
        } else if (kind == Finding.SeveralInOne.class) {
            return "Labels of several things";
        } else if (kind == Finding.OneUnderTwo.class) {
            return "Two labels of one thing";
        } else if (kind == Finding.IndistinctSubLabels.class) {
            return "Sub-labels that cannot be told apart";
        } else if (kind == Finding.Outlier.class) {
            return "Registrations that are strangers to their label";
        } else if (kind == Finding.TooFew.class) {
            return "Labels that do not recognise their own registrations";
        } else {
            return "Labels with registrations that add nothing";
        }
    }

    static FindingText of(Finding finding) {
        String action = action(finding.action());
        return switch (finding) {
            case Finding.Contradiction f ->
                of(
                        f.evidence().firstLabel() + " and " + f.evidence().secondLabel(),
                        (f.identical() ? "the same bytes, " : "as good as the same, ") + cosine(f.evidence()),
                        action,
                        Stream.of(f.evidence().first(), f.evidence().second()));
            case Finding.Misplaced f ->
                of(
                        f.nearestOwn().first() + " under " + f.nearestOwn().firstLabel(),
                        cosine(f.nearestOther()) + " with " + f.nearestOther().secondLabel() + ", only "
                                + cosine(f.nearestOwn()) + " with its own label",
                        action,
                        Stream.of(
                                f.nearestOwn().first(),
                                f.nearestOther().second(),
                                f.nearestOwn().second()));
            case Finding.SeveralInOne f ->
                of(
                        f.label().toString(),
                        f.parts().size() + " parts of "
                                + f.parts().stream().map(List::size).toList() + " registrations, typically "
                                + figure(f.between()) + " between them",
                        action,
                        f.parts().stream().flatMap(p -> p.stream().limit(2)));
            case Finding.OneUnderTwo f ->
                of(
                        f.first() + " and " + f.second(),
                        "typically " + figure(f.between()) + " between them; labels dealt at random are as well"
                                + " separated with probability " + figure(f.separable()),
                        action,
                        Stream.empty());
            case Finding.IndistinctSubLabels f ->
                of(
                        f.first() + " and " + f.second(),
                        "sub-labels dealt at random are as well separated with probability " + figure(f.separable()),
                        action,
                        Stream.empty());
            case Finding.Outlier f ->
                of(
                        f.nearestOwn().first() + " under " + f.nearestOwn().firstLabel(),
                        cosine(f.nearestOwn()) + " with the nearest of its label",
                        action,
                        Stream.of(f.nearestOwn().first(), f.nearestOwn().second()));
            case Finding.TooFew f ->
                of(
                        f.label().toString(),
                        f.missed() + " of " + f.registrations() + " registrations are not recognised by the others",
                        action,
                        Stream.empty());
            case Finding.Redundant f ->
                of(
                        f.label().toString(),
                        f.redundant().size() + " of "
                                + (f.redundant().size() + f.kept().size())
                                + " registrations have cosine " + figure(f.atLeast()) + " or more with one of the rest",
                        action,
                        Stream.concat(
                                f.kept().stream().limit(2),
                                f.redundant().stream().limit(2)));
        };
    }

    private static FindingText of(String subject, String evidence, String action, Stream<RegistrationId> pictures) {
        return new FindingText(
                subject, evidence, action, pictures.limit(MOST_PICTURES).toList());
    }

    private static String action(Action action) {
        return switch (action) {
            case Action.Relabel a -> "move " + a.registration() + " to " + a.to();
            case Action.Delete a ->
                a.registrations().size() == 1
                        ? "delete " + a.registrations().getFirst()
                        : "delete " + a.registrations().size() + " registrations";
            case Action.Split _ -> "give each part a sub-label";
            case Action.Merge a -> "move " + a.from() + " to " + a.to();
            case Action.AddRegistrations a -> "register more images of " + a.label();
            case Action.Review _ -> "look at both";
        };
    }

    private static String cosine(Evidence evidence) {
        return "cosine " + figure(evidence.cosine());
    }

    static String figure(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3f", value);
    }
}
