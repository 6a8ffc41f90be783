package dev.mekiki.benchmarks.scaling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Replicas of the service under a load, image by image.
 *
 * <p>A replica has as many processors as it requests, each works on one image at a time, in the order in which they came;
 * an image that would find too many waiting is refused. Images come as a Poisson process from clients that balance by
 * themselves, in turn over the replicas that they know; a client looks for replicas anew when one of its connections ends
 * of age, and a replica that goes leaves every client at once, with what it had taken answered. Metrics are those of the
 * last whole quarter of a minute, as a metrics server and Prometheus have them at best.
 */
final class Cluster {

    private static final double WINDOW = 15;

    /** As the chart's query averages waiting over a minute. */
    private static final int WAITING_WINDOWS = 4;

    /**
     * What is simulated.
     *
     * @param processors of a replica
     * @param startSeconds from the decision to a ready replica
     * @param mostWaiting images that a replica takes and cannot begin with yet
     * @param clients that balance
     * @param maxAgeSeconds of a connection; infinite: connections last
     */
    record Setting(int processors, double startSeconds, int mostWaiting, int clients, double maxAgeSeconds) {}

    /**
     * What came of it.
     *
     * @param waits from an image's arrival to its beginning, microseconds
     * @param refused images
     * @param replicaSeconds of all replicas, starting ones included
     * @param busySeconds of processors
     * @param replicas by minute, at its end
     * @param p99ByMinute of waits, microseconds
     */
    record Outcome(
            Histogram waits,
            long refused,
            double replicaSeconds,
            double busySeconds,
            NavigableMap<Integer, Integer> replicas,
            NavigableMap<Integer, Long> p99ByMinute) {

        double refusedShare() {
            return refused / (double) (refused + waits.getTotalCount());
        }
    }

    /** A replica. */
    private static final class Replica {
        final double begun;
        final double ready;
        final double[] free;
        final Deque<Double> beginnings = new ArrayDeque<>();
        final TreeMap<Long, Double> busy = new TreeMap<>();

        Replica(double begun, double ready, int processors) {
            this.begun = begun;
            this.ready = ready;
            this.free = new double[processors];
        }
    }

    /** A client and the replicas that it knows. */
    private static final class Client {
        List<Replica> known = List.of();
        int next;
        double looks;
    }

    private final Setting setting;
    private final ServiceTimes times;
    private final RandomGenerator random;
    private final List<Replica> replicas = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final TreeMap<Long, Double> waited = new TreeMap<>();
    private final Histogram waits = new Histogram(3_600_000_000L, 3);
    private final Histogram minuteWaits = new Histogram(3_600_000_000L, 3);
    private long refused;
    private double busySeconds;

    Cluster(Setting setting, ServiceTimes times, long seed) {
        this.setting = setting;
        this.times = times;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** Runs a load from beginning to end. */
    Outcome run(LoadShape load, Autoscaler autoscaler, int firstReplicas) {
        double capacity = setting.processors() / times.meanSeconds();
        for (int i = 0; i < firstReplicas; i++) {
            replicas.add(new Replica(-3600, -3600, setting.processors()));
        }
        for (int i = 0; i < setting.clients(); i++) {
            Client client = new Client();
            clients.add(client);
            look(client, 0);
        }
        NavigableMap<Integer, Integer> byMinute = new TreeMap<>();
        NavigableMap<Integer, Long> p99ByMinute = new TreeMap<>();
        double replicaSeconds = 0;
        double end = load.minutes() * 60;
        double nextLook = Autoscaler.PERIOD;
        double nextMinute = 60;
        double time = 0;
        while (true) {
            double rate = load.at(time / 60) * capacity;
            // The rate changes slowly, against the time between two images.
            double arrival = time + random.nextExponential() / rate;
            while (nextLook <= Math.min(arrival, end)) {
                replicaSeconds += replicas.size() * Autoscaler.PERIOD;
                scale(nextLook, autoscaler);
                nextLook += Autoscaler.PERIOD;
            }
            while (nextMinute <= Math.min(arrival, end)) {
                int minute = (int) Math.round(nextMinute / 60);
                byMinute.put(minute, replicas.size());
                p99ByMinute.put(minute, minuteWaits.getValueAtPercentile(99));
                minuteWaits.reset();
                nextMinute += 60;
            }
            if (arrival >= end) {
                return new Outcome(waits, refused, replicaSeconds, busySeconds, byMinute, p99ByMinute);
            }
            time = arrival;
            arrive(time);
        }
    }

    private void arrive(double time) {
        Client client = clients.get(random.nextInt(clients.size()));
        if (time >= client.looks) {
            look(client, time);
        }
        Replica replica = client.known.get(client.next++ % client.known.size());
        while (!replica.beginnings.isEmpty() && replica.beginnings.getFirst() <= time) {
            replica.beginnings.removeFirst();
        }
        if (replica.beginnings.size() >= setting.mostWaiting()) {
            refused++;
            return;
        }
        int first = 0;
        for (int i = 1; i < replica.free.length; i++) {
            first = replica.free[i] < replica.free[first] ? i : first;
        }
        double begins = Math.max(time, replica.free[first]);
        double seconds = times.draw(random);
        replica.free[first] = begins + seconds;
        if (begins > time) {
            replica.beginnings.addLast(begins);
        }
        long window = (long) (begins / WINDOW);
        replica.busy.merge(window, seconds, Double::sum);
        waited.merge(window, begins - time, Double::sum);
        busySeconds += seconds;
        long micros = Math.round((begins - time) * 1e6);
        waits.recordValue(micros);
        minuteWaits.recordValue(micros);
    }

    /** Looks for the replicas that are ready; the next look comes with the first connection that ends. */
    private void look(Client client, double time) {
        client.known =
                replicas.stream().filter(replica -> replica.ready <= time).toList();
        client.looks = time + random.nextExponential() * setting.maxAgeSeconds() / client.known.size();
    }

    private void scale(double time, Autoscaler autoscaler) {
        long window = (long) (time / WINDOW) - 1;
        List<Double> cpu = new ArrayList<>();
        int unready = 0;
        for (Replica replica : replicas) {
            replica.busy.headMap(window).clear();
            // The CPU of a pod that has just become ready is looked at from its first whole window on.
            if (replica.ready <= window * WINDOW) {
                cpu.add(100 * replica.busy.getOrDefault(window, 0.0) / WINDOW / setting.processors());
            } else {
                unready++;
            }
        }
        double waiting = 0;
        for (long w = window - WAITING_WINDOWS + 1; w <= window; w++) {
            waiting += waited.getOrDefault(w, 0.0);
        }
        waited.headMap(window - WAITING_WINDOWS).clear();
        int wanted = autoscaler.look(
                time, new Autoscaler.Seen(replicas.size(), cpu, unready, waiting / (WAITING_WINDOWS * WINDOW)));
        while (replicas.size() < wanted) {
            replicas.add(new Replica(time, time + setting.startSeconds(), setting.processors()));
        }
        boolean fewer = replicas.size() > wanted;
        while (replicas.size() > wanted) {
            // Those that are not ready first, then the youngest.
            replicas.remove(youngest());
        }
        if (fewer) {
            clients.forEach(client -> look(client, time));
        }
    }

    private Replica youngest() {
        @Nullable Replica youngest = null;
        for (Replica replica : replicas) {
            if (youngest == null || replica.begun >= youngest.begun) {
                youngest = replica;
            }
        }
        if (youngest == null) {
            throw new IllegalStateException("there are no replicas");
        }
        return youngest;
    }
}
