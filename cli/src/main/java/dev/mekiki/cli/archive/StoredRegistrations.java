package dev.mekiki.cli.archive;

import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.ListRegistrationsRequest;
import dev.mekiki.v1.ListRegistrationsResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationView;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The registrations of a gallery, page by page. */
final class StoredRegistrations implements RegistrationCursor {

    private static final int PAGE_SIZE = 1000;

    private final Connection connection;
    private final Retrying retrying;
    private final ListRegistrationsRequest.Builder request;
    private Iterator<Registration> page = List.<Registration>of().iterator();
    private boolean last;

    /** @param gallery {@code galleries/…} */
    StoredRegistrations(Connection connection, String gallery, Retrying retrying) {
        this.connection = connection;
        this.retrying = retrying;
        this.request = ListRegistrationsRequest.newBuilder()
                .setParent(gallery)
                .setPageSize(PAGE_SIZE)
                .setView(RegistrationView.REGISTRATION_VIEW_FULL);
    }

    @Override
    public @Nullable ArchivedRegistration next() throws InterruptedException {
        while (!page.hasNext()) {
            if (last) {
                return null;
            }
            ListRegistrationsResponse response =
                    retrying.call(() -> connection.registrations().listRegistrations(request.build()));
            page = response.getRegistrationsList().iterator();
            last = response.getNextPageToken().isEmpty();
            request.setPageToken(response.getNextPageToken());
        }
        Registration registration = page.next();
        return new ArchivedRegistration(
                registration.getName().substring(registration.getName().lastIndexOf('/') + 1),
                registration.getLabel(),
                registration.getContentDigest(),
                Math.addExact(
                        Math.multiplyExact(registration.getCreateTime().getSeconds(), 1000L),
                        registration.getCreateTime().getNanos() / 1_000_000),
                registration.getAttributesMap(),
                vector(registration.getEmbedding()));
    }

    private static float[] vector(Embedding embedding) {
        float[] vector = new float[embedding.getValuesCount()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = embedding.getValues(i);
        }
        return vector;
    }

    @Override
    public void close() {}
}
