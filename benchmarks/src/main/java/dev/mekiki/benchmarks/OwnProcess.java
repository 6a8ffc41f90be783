package dev.mekiki.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** What this process uses. */
final class OwnProcess {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private OwnProcess() {}

    /** CPU time of all threads since it began. */
    static Duration cpuTime() {
        return Duration.ofNanos(SYSTEM.getProcessCpuTime());
    }
}
