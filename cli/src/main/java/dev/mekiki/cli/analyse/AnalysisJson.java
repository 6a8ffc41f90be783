package dev.mekiki.cli.analyse;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mekiki.analysis.AnalysisReport;
import dev.mekiki.analysis.finding.Action;
import dev.mekiki.analysis.finding.Finding;
import dev.mekiki.analysis.opinion.OpinionComparison;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * An analysis as JSON: the components of {@link AnalysisReport} by their names, ids and labels as text, durations in
 * seconds; {@code kind} says what a finding or an action is. A figure that could not be measured is null.
 */
public final class AnalysisJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .addModule(new SimpleModule()
                    .addSerializer(Double.class, new NumberOrNull())
                    .addSerializer(double.class, new NumberOrNull())
                    .addSerializer(Duration.class, new Seconds())
                    .addSerializer(RegistrationId.class, new Text<>())
                    .addSerializer(LabelPath.class, new Text<>())
                    .addKeySerializer(LabelPath.class, new TextKey())
                    .addSerializer(Optional.class, new ValueOrNull())
                    .registerSubtypes(kinds(Finding.class))
                    .registerSubtypes(kinds(Action.class)))
            .addMixIn(Finding.class, Kind.class)
            .addMixIn(Action.class, Kind.class)
            .build();

    private AnalysisJson() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface Kind {}

    private static NamedType[] kinds(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .map(kind -> new NamedType(kind, kind.getSimpleName()))
                .toArray(NamedType[]::new);
    }

    private static final class NumberOrNull extends JsonSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                generator.writeNumber(value);
            } else {
                generator.writeNull();
            }
        }
    }

    private static final class Seconds extends JsonSerializer<Duration> {
        @Override
        public void serialize(Duration value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeNumber(value.toMillis() / 1000.0);
        }
    }

    private static final class Text<T> extends JsonSerializer<T> {
        @Override
        public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(value.toString());
        }
    }

    private static final class TextKey extends JsonSerializer<LabelPath> {
        @Override
        public void serialize(LabelPath value, JsonGenerator generator, SerializerProvider provider)
                throws IOException {
            generator.writeFieldName(value.toString());
        }
    }

    @SuppressWarnings("rawtypes") // As Jackson registers it.
    private static final class ValueOrNull extends JsonSerializer<Optional> {
        @Override
        public void serialize(Optional value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (value.isPresent()) {
                provider.defaultSerializeValue(value.get(), generator);
            } else {
                generator.writeNull();
            }
        }
    }

    /** The report as indented JSON, with opinions if they were compared, and where it is from. */
    public static String write(AnalysisReport report, Optional<OpinionComparison> opinions, Provenance provenance) {
        ObjectNode tree = JSON.createObjectNode();
        tree.setAll((ObjectNode) JSON.valueToTree(provenance));
        tree.setAll((ObjectNode) JSON.valueToTree(report));
        opinions.ifPresent(compared -> tree.set("opinions", JSON.valueToTree(compared)));
        try {
            return JSON.writeValueAsString(tree);
        } catch (JacksonException e) {
            throw new IllegalStateException("a report is plain numbers", e);
        }
    }
}
