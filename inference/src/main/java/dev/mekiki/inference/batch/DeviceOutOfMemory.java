package dev.mekiki.inference.batch;

/** A device has not the memory for a batch of this size now; a smaller one may fit, or the same one later. */
public final class DeviceOutOfMemory extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param cause what the device said */
    public DeviceOutOfMemory(Throwable cause) {
        super(cause);
    }
}
