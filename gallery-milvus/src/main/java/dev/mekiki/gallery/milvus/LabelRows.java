package dev.mekiki.gallery.milvus;

import dev.mekiki.core.label.LabelPath;
import io.milvus.grpc.FieldData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Label paths as rows of Milvus: which fields there are, how they are written and read.
 *
 * <p>There is a row for every path that a registration has, or once had: it is written before the first registration
 * under the path, and never taken away, so that nobody need do two things at once.
 */
final class LabelRows {

    static final String PATH = "path";

    /** Milvus wants a vector in every collection. */
    static final String VECTOR = "vector";

    static final int VECTOR_DIMENSION = 2;
    static final int PATH_BYTES = 2 * RegistrationRows.LABEL_BYTES + 1;
    static final List<String> ALL = List.of(PATH);

    /** Sorts before every character of a label, so that a main label's paths stand together, in order. */
    private static final char SEPARATOR = '\u001f';

    /** Sorts after the paths of a main label and before every other main label that begins with it. */
    private static final char AFTER_SUB_LABELS = ' ';

    /** A path that is none, see {@link ForeignIds}; sorts before all others. */
    static final String FOREIGN_IDS = "\u0001foreign-ids";

    private LabelRows() {}

    /** The condition of all paths. */
    static String everything() {
        return Filters.after(PATH, FOREIGN_IDS);
    }

    static List<FieldData> foreignIds() {
        return columns(List.of(FOREIGN_IDS), List.of(""), List.of(""));
    }

    static List<FieldData> write(List<LabelPath> labels) {
        return columns(
                labels.stream().map(LabelRows::path).toList(),
                labels.stream().map(LabelPath::main).toList(),
                labels.stream().map(label -> label.sub().orElse("")).toList());
    }

    private static List<FieldData> columns(List<String> paths, List<String> mains, List<String> subs) {
        return List.of(
                Columns.texts(PATH, paths),
                Columns.texts(RegistrationRows.MAIN, mains),
                Columns.texts(RegistrationRows.SUB, subs),
                Columns.vectors(VECTOR, VECTOR_DIMENSION, Collections.nCopies(paths.size(), new float[] {1, 0})));
    }

    static String path(LabelPath label) {
        return label.main() + label.sub().map(sub -> SEPARATOR + sub).orElse("");
    }

    /** The condition of the rows of main labels that come after one. */
    static String afterMain(String main) {
        return Filters.notBefore(PATH, main + AFTER_SUB_LABELS);
    }

    static List<LabelPath> read(Columns columns) {
        List<LabelPath> labels = new ArrayList<>();
        for (String path : columns.texts(PATH)) {
            int separator = path.indexOf(SEPARATOR);
            labels.add(
                    separator < 0
                            ? LabelPath.of(path)
                            : LabelPath.of(path.substring(0, separator), path.substring(separator + 1)));
        }
        return labels;
    }
}
