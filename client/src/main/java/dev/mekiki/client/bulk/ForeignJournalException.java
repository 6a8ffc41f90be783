package dev.mekiki.client.bulk;

/** A file is the journal of another import, or none; the message says what differs. */
public final class ForeignJournalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ForeignJournalException(String message) {
        super(message);
    }
}
