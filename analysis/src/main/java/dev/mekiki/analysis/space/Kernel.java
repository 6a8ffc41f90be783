package dev.mekiki.analysis.space;

/**
 * Inner products of four rows with all columns of a panel. Every product is summed over the dimensions in their order
 * with fused multiply-add, so all kernels give the same bits.
 */
interface Kernel {

    /** Columns of a panel. */
    int COLUMNS = 64;

    /** The fastest one of this JVM. */
    Kernel FASTEST = fastest();

    /**
     * @param rows row-major values
     * @param first where the first of the four rows begins in {@code rows}; likewise the others
     * @param panel {@code [dimension][COLUMNS]}
     * @param out the products, row by row, each {@code COLUMNS} after the one before, from {@code to}
     */
    void fourRows(
            float[] rows,
            int first,
            int second,
            int third,
            int fourth,
            int dimension,
            float[] panel,
            float[] out,
            int to);

    private static Kernel fastest() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new VectorKernel()
                : new ScalarKernel();
    }
}
