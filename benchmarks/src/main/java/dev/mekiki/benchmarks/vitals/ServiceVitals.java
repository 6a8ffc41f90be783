package dev.mekiki.benchmarks.vitals;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Reads what a service in another process of this machine and user tells of itself. Thread-safe. */
public final class ServiceVitals implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ProcessFiles files;
    private final URI metrics;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final JMXConnector jvm;
    private final OperatingSystemMXBean system;
    private final ThreadMXBean threads;
    private final MemoryMXBean memory;

    private ServiceVitals(ProcessFiles files, URI metrics, JMXConnector jvm) throws IOException {
        this.files = files;
        this.metrics = metrics;
        this.jvm = jvm;
        MBeanServerConnection beans = jvm.getMBeanServerConnection();
        system = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME, OperatingSystemMXBean.class);
        threads = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        memory = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
    }

    /**
     * Attaches to a JVM.
     *
     * @param metrics its page of metrics
     * @throws IllegalStateException if it cannot be attached to
     */
    @SuppressWarnings("BanJNDI") // The address comes from a process of the same user that was just attached to.
    public static ServiceVitals of(ProcessHandle process, URI metrics) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
            try {
                return new ServiceVitals(
                        new ProcessFiles(process.pid()),
                        metrics,
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (IOException | AttachNotSupportedException e) {
            throw new IllegalStateException("the service's JVM cannot be attached to: " + e.getMessage(), e);
        }
    }

    /** What it used and did since it began. */
    public Reading before() {
        Activity activity = Activity.of(exposition());
        // Last, so that reading the metrics is not part of the spell.
        return reading(activity);
    }

    /** What it used and did since {@code before}. */
    public Reading since(Reading before) {
        Reading used = reading(before.activity());
        return new Reading(used.cpu(), used.allocatedBytes(), used.threads(), Activity.of(exposition())).minus(before);
    }

    private Reading reading(Activity activity) {
        return new Reading(
                Duration.ofNanos(system.getProcessCpuTime()),
                threads.getTotalThreadAllocatedBytes(),
                files.present() ? files.cpuOfThreads() : Map.of(),
                activity);
    }

    /** Main memory of the process now; does not disturb it. */
    public long residentBytes() {
        requireLinux();
        return files.residentBytes();
    }

    /** What it holds now; collects garbage first. */
    public Footprint footprint() {
        requireLinux();
        memory.gc();
        return new Footprint(
                memory.getHeapMemoryUsage().getUsed(), files.residentBytes(), files.threads(), files.openFiles());
    }

    private void requireLinux() {
        if (!files.present()) {
            throw new IllegalStateException("memory of a process: not told by this system (expected: Linux)");
        }
    }

    private Exposition exposition() {
        HttpRequest request = HttpRequest.newBuilder(metrics)
                .timeout(TIMEOUT)
                // The older text format; the default one may be OpenMetrics.
                .header("Accept", "text/plain")
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(metrics + ": status " + answer.statusCode() + " (expected: 200)");
            }
            return Exposition.parse(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(metrics + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        http.close();
        try {
            jvm.close();
        } catch (IOException e) {
            // The service has ended; there is nothing left to close.
        }
    }
}
