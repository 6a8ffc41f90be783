package dev.mekiki.client.bulk;

/**
 * How far an import is. All counts are of rows before {@code nextOffset}.
 *
 * @param nextOffset every row before it is durable or rejected
 * @param registered rows that were new; that would have been, if nothing was to be registered
 * @param present rows that were there already, same content under the same label
 * @param rejected rows that are not registered, a contradiction aside
 * @param duplicates rows with bytes that are under another sub-label of the same main label
 * @param conflicts rows that contradict another: same bytes or a nearly identical vector under another main label
 */
public record ImportProgress(
        long nextOffset, long registered, long present, long rejected, long duplicates, long conflicts) {

    /** Nothing done yet. */
    public static final ImportProgress NONE = new ImportProgress(0, 0, 0, 0, 0, 0);

    public ImportProgress {
        if (nextOffset < 0 || registered < 0 || present < 0 || rejected < 0 || duplicates < 0 || conflicts < 0) {
            throw new IllegalArgumentException("progress: " + nextOffset + ", " + registered + ", " + present + ", "
                    + rejected + ", " + duplicates + ", " + conflicts + " (expected: none negative)");
        }
    }
}
