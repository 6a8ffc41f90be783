package dev.mekiki.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.embedding.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FairQueueTest {

    private static final Tenant A = new Tenant("a", false);
    private static final Tenant B = new Tenant("b", false);

    private final FairQueue<String> queue = new FairQueue<>();

    private void add(Tenant tenant, int items, long cost) {
        for (int i = 0; i < items; i++) {
            queue.add(tenant, tenant.name() + i, cost);
        }
    }

    private List<String> poll(int items) {
        return IntStream.range(0, items).mapToObj(_ -> queue.poll()).toList();
    }

    @Test
    void isFirstComeFirstServedWithinATenant() {
        add(A, 4, 1);

        assertThat(poll(5)).containsExactly("a0", "a1", "a2", "a3", null);
        assertThat(queue.size()).isZero();
    }

    @Test
    void servesALightTenantAtOnceHoweverMuchAnotherHasWaiting() {
        add(A, 500, 10);
        poll(100);
        add(B, 2, 10);

        assertThat(poll(4)).contains("b0", "b1");
    }

    @Test
    void sharesCostAndNotItems() {
        add(A, 1000, 10);
        add(B, 1000, 40);

        List<String> first = poll(500);

        assertThat(first).filteredOn(item -> item.startsWith("b")).hasSize(100);
    }

    @Test
    void givesTheBackgroundAQuarterOfATenantsPart() {
        add(A, 1000, 10);
        add(B.inBackground(), 1000, 10);

        assertThat(poll(500)).filteredOn(item -> item.startsWith("b")).hasSize(100);
    }

    @Test
    void owesNothingToWhoeverWasAway() {
        add(A, 100, 10);
        poll(50);
        add(B, 100, 10);

        assertThat(poll(50)).filteredOn(item -> item.startsWith("b")).hasSizeBetween(25, 26);
    }

    @Test
    void isNotOutwittedByWhoeverKeepsItsLineShort() {
        add(A, 1000, 10);
        int served = 0;
        for (int i = 0; i < 500; i++) {
            // Two at a time under way, and the next one whenever one is taken: its line is often empty.
            if (i % 2 == 0) {
                add(B, 1, 10);
                add(B, 1, 10);
            }
            String item = queue.poll();
            served += item != null && item.startsWith("b") ? 1 : 0;
        }

        assertThat(served).isBetween(249, 251);
    }

    @Test
    void takesBackWhatIsNotWantedAnyMore() {
        FairQueue<String>.Ticket unwanted = queue.add(A, "unwanted", 5);
        queue.add(A, "wanted", 5);

        assertThat(queue.remove(unwanted)).isTrue();
        assertThat(queue.remove(unwanted)).isFalse();
        assertThat(queue.ahead(B, 100)).isEqualTo(new FairQueue.Ahead(5, 1));
        assertThat(poll(2)).containsExactly("wanted", null);
    }

    @Test
    void tellsWhatIsDoneBeforeANewItemOfATenant() {
        add(A, 10, 10);
        add(B, 1, 10);

        assertThat(queue.ahead(A, 10)).isEqualTo(new FairQueue.Ahead(110, 11));
        assertThat(queue.ahead(B, 10)).isEqualTo(new FairQueue.Ahead(30, 3));
        assertThat(queue.ahead(new Tenant("c", false), 10)).isEqualTo(new FairQueue.Ahead(20, 2));
        assertThat(queue.ahead(B.inBackground(), 10)).isEqualTo(new FairQueue.Ahead(50, 5));
    }

    @Test
    void handsOutWhatIsThereWhenItIsClosedAndNothingAfterThat() throws Exception {
        queue.add(A, "last", 1);
        queue.close();

        assertThat(queue.take()).isEqualTo("last");
        assertThat(queue.take()).isNull();
    }

    @Test
    void losesAndDoublesNothingWhereManyAddTakeAndRemove() throws Exception {
        FairQueue<Integer> shared = new FairQueue<>();
        int items = 4000;
        try (ExecutorService pool = Executors.newFixedThreadPool(6)) {
            List<Future<Integer>> removed = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Tenant tenant = new Tenant("t" + t % 3, t == 3);
                removed.add(pool.submit(() -> {
                    int own = 0;
                    for (int i = 0; i < items; i++) {
                        FairQueue<Integer>.Ticket ticket = shared.add(tenant, i, 1 + i % 7);
                        own += i % 3 == 0 && shared.remove(ticket) ? 1 : 0;
                    }
                    return own;
                }));
            }
            List<Future<Integer>> taken = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                taken.add(pool.submit(() -> {
                    int own = 0;
                    while (shared.take() != null) {
                        own++;
                    }
                    return own;
                }));
            }
            int total = 0;
            for (Future<Integer> own : removed) {
                total += own.get();
            }
            shared.close();
            for (Future<Integer> own : taken) {
                total += own.get();
            }
            assertThat(total).isEqualTo(4 * items);
            assertThat(shared.ahead(A, 1).items()).isZero();
        }
    }
}
