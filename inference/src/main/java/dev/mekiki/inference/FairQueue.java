package dev.mekiki.inference;

import dev.mekiki.core.embedding.Tenant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Work that waits, shared out among tenants by its cost: start-time fair queueing (Goyal, Vin and Cheng, 1996).
 *
 * <p>Whatever others have waiting, a tenant with work gets its part, in proportion to {@link Tenant#weight()}, over any
 * stretch of time, up to the cost of one item of each. Within a tenant it is first come, first served. A tenant that
 * had nothing waiting for a while saves nothing up, and one that comes back at once owes what it was given before.
 *
 * <p>Adding, taking and removing cost O(log tenants), whatever the number of items. Unbounded: whoever adds bounds it.
 * Thread-safe.
 *
 * @param <T> work
 */
final class FairQueue<T> {

    /** A tenant with work that waits, or that was given work lately. */
    private final class Lane {
        private final Tenant tenant;
        private final long number;
        private final SequencedSet<Ticket> tickets = new LinkedHashSet<>();
        private long cost;

        /** The virtual time at which its next item starts. */
        private double start;

        Lane(Tenant tenant, long number, double start) {
            this.tenant = tenant;
            this.number = number;
            this.start = start;
        }
    }

    /** The place of an item in the queue. Identity is what counts. */
    final class Ticket {
        private final Lane lane;
        private final T item;
        private final long cost;

        private Ticket(Lane lane, T item, long cost) {
            this.lane = lane;
            this.item = item;
            this.cost = cost;
        }
    }

    /**
     * What is done before a new item of some tenant, if nobody else comes.
     *
     * @param cost of all of it
     * @param items how many items that is, fractions of the last ones included
     */
    record Ahead(double cost, double items) {}

    private final Comparator<Lane> byStart =
            Comparator.<Lane>comparingDouble(lane -> lane.start).thenComparingLong(lane -> lane.number);
    private final Map<Tenant, Lane> lanes = new HashMap<>();

    /** Lanes with items. */
    private final TreeSet<Lane> busy = new TreeSet<>(byStart);

    /** Lanes without items, as long as they owe something. */
    private final TreeSet<Lane> resting = new TreeSet<>(byStart);

    private double now;
    private long lanesMade;
    private volatile int size;
    private boolean closed;

    /**
     * Appends an item to its tenant's.
     *
     * @param cost in any unit, at least 0; what tenants get equal parts of
     */
    synchronized Ticket add(Tenant tenant, T item, long cost) {
        Lane lane = lanes.computeIfAbsent(tenant, t -> new Lane(t, lanesMade++, now));
        Ticket ticket = new Ticket(lane, item, Math.max(1, cost));
        if (lane.tickets.isEmpty()) {
            resting.remove(lane);
            lane.start = Math.max(lane.start, now);
            busy.add(lane);
        }
        lane.tickets.add(ticket);
        lane.cost += ticket.cost;
        size++;
        notify();
        return ticket;
    }

    /** Waits for an item; null once the queue is closed and empty. */
    synchronized @Nullable T take() throws InterruptedException {
        while (busy.isEmpty() && !closed) {
            wait();
        }
        return poll();
    }

    /** The next item, or null if none waits. */
    synchronized @Nullable T poll() {
        Lane lane = busy.pollFirst();
        if (lane == null) {
            return null;
        }
        now = lane.start;
        Ticket ticket = lane.tickets.removeFirst();
        lane.cost -= ticket.cost;
        size--;
        lane.start += (double) ticket.cost / lane.tenant.weight();
        (lane.tickets.isEmpty() ? resting : busy).add(lane);
        forgetSettled();
        return ticket.item;
    }

    /** Takes an item out; false if it is not waiting any more. */
    synchronized boolean remove(Ticket ticket) {
        Lane lane = ticket.lane;
        if (!lane.tickets.remove(ticket)) {
            return false;
        }
        lane.cost -= ticket.cost;
        size--;
        if (lane.tickets.isEmpty()) {
            busy.remove(lane);
            resting.add(lane);
            forgetSettled();
        }
        return true;
    }

    private void forgetSettled() {
        if (busy.isEmpty()) {
            // Nobody was kept waiting for what they owe.
            resting.forEach(lane -> lanes.remove(lane.tenant));
            resting.clear();
            return;
        }
        while (!resting.isEmpty() && resting.first().start <= now) {
            lanes.remove(resting.removeFirst().tenant);
        }
    }

    /** What would be done before an item of so much cost; takes O(tenants that wait). */
    synchronized Ahead ahead(Tenant tenant, long cost) {
        Lane own = lanes.get(tenant);
        double mine = own == null ? 0 : own.cost;
        double total = mine;
        double items = own == null ? 0 : own.tickets.size();
        for (Lane lane : busy) {
            if (lane != own) {
                double part =
                        Math.min(1, (mine + cost) * lane.tenant.weight() / (tenant.weight() * (double) lane.cost));
                total += part * lane.cost;
                items += part * lane.tickets.size();
            }
        }
        return new Ahead(total, items);
    }

    /** Items that wait now. */
    int size() {
        return size;
    }

    /** Wakes whoever waits for items; those that are there are still handed out. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
