package dev.mekiki.core.time;

/** The stages of a request, in order. */
public enum Stage {
    /** Waiting for a decoding thread. */
    ADMISSION,
    /** From the file's bytes to pixels at reduced scale, orientation applied. */
    DECODE,
    /** Resizing and normalising into the model's input. */
    PREPROCESS,
    /** Waiting for a batch to be taken by the device. */
    QUEUE,
    /** The model's run of the whole batch. */
    INFERENCE,
    /** Look-up in the gallery, exact rescoring included. */
    SEARCH,
    /** Making a registration durable. */
    STORE
}
