package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static dev.mekiki.helm.Chart.MILVUS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What whoever has installed the chart is told. */
class NotesTest {

    @Test
    void theySayWhereTheServiceListens() {
        assertThat(Chart.notes(EMBEDDED))
                .contains("mekiki.recognition:9000", "dns:///mekiki-headless.recognition:9000", "helm test mekiki");
    }

    @Test
    void theySayWhoMayDoEverything() {
        assertThat(Chart.notes(EMBEDDED)).contains("lets in the pods of namespace recognition");
        assertThat(Chart.notes(EMBEDDED, "networkPolicy: {callers: [{podSelector: {}}]}"))
                .contains("lets in whom networkPolicy.callers names");
        assertThat(Chart.notes(EMBEDDED, "networkPolicy: {enabled: false}")).contains("every pod of the cluster");
        assertThat(Chart.notes(EMBEDDED)).contains("whoever reaches these ports may do everything", "-plaintext local");
        assertThat(Chart.notes(EMBEDDED, "access: {secretName: callers}"))
                .contains("plaintext: keys", "The secret callers says", "-plaintext -H \"authorization: Bearer KEY\"");
        assertThat(Chart.notes(EMBEDDED, "access: {secretName: callers}", "tls: {secretName: tls}"))
                .contains("gRPC speaks TLS; the secret callers says", "-cacert AUTHORITY.pem")
                .doesNotContain("-cert ME.pem");
        assertThat(Chart.notes(EMBEDDED, "tls: {secretName: tls, clientCertificates: true}"))
                .contains("ca.crt may do everything", "-cert ME.pem");
    }

    @Test
    void theySayWhatInterruptsTheService() {
        assertThat(Chart.notes(EMBEDDED)).contains("volume data-mekiki-0", "interrupt the service");
        assertThat(Chart.notes(EMBEDDED, "gallery: {embedded: {whenDeleted: Delete}}"))
                .contains("The volume is deleted with the release.");
        assertThat(Chart.notes(MILVUS)).contains("Milvus at http://milvus:19530", "There is one replica");
        assertThat(Chart.notes(MILVUS, "replicas: 2")).doesNotContain("There is one replica");
    }
}
