package dev.mekiki.inference.batch;

import dev.mekiki.core.time.Deadline;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The real queue of a batcher without threads, for simulations in virtual time. */
public final class VirtualBatcher<I> {

    private final BatchPolicy policy;
    private final BatchQueue<I, I> queue;

    public VirtualBatcher(BatchPolicy policy, LongSupplier nanoClock) {
        this.policy = policy;
        queue = new BatchQueue<>(policy, nanoClock, () -> 1, new MemoryLimit(policy.sizes()));
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    public void submit(I item) {
        queue.submit(item, Deadline.NONE);
    }

    /** What an idle device gets now; empty if nothing is due. */
    public List<I> poll() {
        BatchQueue<I, I>.@Nullable Batch batch = queue.poll();
        return batch == null ? List.of() : batch.items();
    }

    /** How long an idle device would sleep if the oldest item has waited so long. */
    public long patience(long waitedNanos) {
        return policy.rule()
                .patience(queue.length(), waitedNanos, policy.sizes().largest());
    }

    public int length() {
        return queue.length();
    }
}
