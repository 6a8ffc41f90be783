package dev.mekiki.gallery.milvus;

import com.google.protobuf.ByteString;
import io.milvus.grpc.DataType;
import io.milvus.grpc.FieldData;
import io.milvus.grpc.FloatArray;
import io.milvus.grpc.JSONArray;
import io.milvus.grpc.LongArray;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.StringArray;
import io.milvus.grpc.VectorField;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows as Milvus sends and takes them: column by column. */
final class Columns {

    private final Map<String, FieldData> fields = new HashMap<>();

    Columns(List<FieldData> columns) {
        columns.forEach(column -> fields.put(column.getFieldName(), column));
    }

    /** @return empty if Milvus left the column out, as it does where there is no row */
    List<String> texts(String field) {
        return List.copyOf(column(field).getScalars().getStringData().getDataList());
    }

    List<Long> longs(String field) {
        return column(field).getScalars().getLongData().getDataList();
    }

    List<ByteString> json(String field) {
        return column(field).getScalars().getJsonData().getDataList();
    }

    float[] vector(String field, int row, int dimension) {
        FloatArray all = column(field).getVectors().getFloatVector();
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = all.getData(row * dimension + i);
        }
        return vector;
    }

    private FieldData column(String name) {
        @Nullable FieldData column = fields.get(name);
        return column == null ? FieldData.getDefaultInstance() : column;
    }

    static FieldData texts(String field, Iterable<String> values) {
        return FieldData.newBuilder()
                .setFieldName(field)
                .setType(DataType.VarChar)
                .setScalars(ScalarField.newBuilder()
                        .setStringData(StringArray.newBuilder().addAllData(values)))
                .build();
    }

    static FieldData longs(String field, Iterable<Long> values) {
        return FieldData.newBuilder()
                .setFieldName(field)
                .setType(DataType.Int64)
                .setScalars(ScalarField.newBuilder()
                        .setLongData(LongArray.newBuilder().addAllData(values)))
                .build();
    }

    static FieldData json(String field, Iterable<ByteString> values) {
        return FieldData.newBuilder()
                .setFieldName(field)
                .setType(DataType.JSON)
                .setScalars(ScalarField.newBuilder()
                        .setJsonData(JSONArray.newBuilder().addAllData(values)))
                .build();
    }

    /** @param values each of {@code dimension} */
    static FieldData vectors(String field, int dimension, Iterable<float[]> values) {
        FloatArray.Builder all = FloatArray.newBuilder();
        for (float[] vector : values) {
            for (float v : vector) {
                all.addData(v);
            }
        }
        return FieldData.newBuilder()
                .setFieldName(field)
                .setType(DataType.FloatVector)
                .setVectors(VectorField.newBuilder().setDim(dimension).setFloatVector(all))
                .build();
    }
}
