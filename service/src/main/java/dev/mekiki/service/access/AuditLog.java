package dev.mekiki.service.access;

import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Every change, and every attempt at one, on category {@value #CATEGORY}: who, what, to what, and how it ended, as fields
 * of the record ({@code mdc} in JSON). Images, vectors, keys and tokens are never in it.
 */
public final class AuditLog {

    /** For its level and its handlers. */
    public static final String CATEGORY = "mekiki.audit";

    private static final String PREFIX = "audit.";
    private static final Logger LOG = Logger.getLogger(CATEGORY);

    private AuditLog() {}

    /**
     * Something was changed, or was to be.
     *
     * @param caller who did it; "anonymous" where nobody has to say
     * @param tenant the caller's; empty without
     * @param peer the address it came from
     * @param method of the API
     * @param status how it ended: OK, or why it did not happen
     * @param trace fields by which the entry is found from the call's trace
     * @param what it was about, by field
     */
    public static void record(
            String caller,
            String tenant,
            String peer,
            String method,
            String status,
            Map<String, String> trace,
            Map<String, String> what) {
        ExtLogRecord entry =
                new ExtLogRecord(Level.INFO, status + ": " + method + " by " + caller, AuditLog.class.getName());
        entry.setLoggerName(CATEGORY);
        // Set on the record itself, as the threads of the network have no MDC of their own.
        trace.forEach(entry::putMdc);
        what.forEach((field, value) -> entry.putMdc(PREFIX + field, value));
        entry.putMdc(PREFIX + "caller", caller);
        entry.putMdc(PREFIX + "tenant", tenant);
        entry.putMdc(PREFIX + "peer", peer);
        entry.putMdc(PREFIX + "method", method);
        entry.putMdc(PREFIX + "status", status);
        LOG.log(entry);
    }
}
