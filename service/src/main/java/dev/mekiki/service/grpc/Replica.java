package dev.mekiki.service.grpc;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Which process this is, among those that serve the same galleries. */
final class Replica {

    private static final String NAME = hostName();

    private Replica() {}

    /** The host name, of a pod the pod's; {@code unknown} where the machine does not know it. */
    static String name() {
        return NAME;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
