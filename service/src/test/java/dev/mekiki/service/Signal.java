package dev.mekiki.service;

import java.io.IOException;

/** What {@code kill} sends to a process. */
enum Signal {
    /** Does nothing until {@link #CONT}. */
    STOP,
    CONT;

    void send(ProcessHandle process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name(), Long.toString(process.pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("kill -" + name() + " failed");
        }
    }
}
