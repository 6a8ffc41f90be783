package dev.mekiki.training.network;

/**
 * How a square is cut out of an image along a quadrilateral, in a form that trainer and exported graph share. A
 * quadrilateral is eight numbers, x and y of the corners top left, top right, bottom right, bottom left, in shares of the
 * image's width and height from its top left; corners may lie outside.
 *
 * <p>A point (u, v) of the unit square lies in the image at {@code Σ cᵢpᵢ / Σ cᵢ}, where {@code p₀, p₁, p₃} are the
 * corners top left, top right and bottom left, {@code c = (w₀(1−u−v), w₁u, w₃v)}, and a corner's weight {@code wᵢ} is
 * twice the area of the triangle of the other three. This is the projective map of Heckbert (Fundamentals of Texture
 * Mapping and Image Warping, 1989), multiplied by its denominator: without a division there is nothing to go wrong when
 * corners fall on a line.
 *
 * <p>Each area is a difference of two products of differences of corners. So all of it is one affine map of the corners
 * ({@link #terms}, {@link #constants}), whose {@value #TERMS} numbers are four groups of three factors, A, B, C and D,
 * with {@code w = A∘B − C∘D}, and nine: x of the three corners, their y, and 1 thrice, in sampling coordinates, −1..1 from
 * edge to edge. A product with {@link #lattice} then gives numerators and denominator of all points at once.
 */
public final class Quadrilateral {
    /** Corners of a quadrilateral. */
    public static final int CORNERS = 4;

    /** Numbers of a quadrilateral. */
    public static final int NUMBERS = 2 * CORNERS;

    /** Factors of a group. */
    public static final int FACTORS = 3;

    /** Results of the affine map. */
    public static final int TERMS = 4 * FACTORS + 9;

    /**
     * Least weight of a corner, and least denominator: reached only by quadrilaterals that no document makes, with a
     * corner inside the triangle of the others or nearly on its edge.
     */
    public static final double LEAST_WEIGHT = 1e-3;

    private static final double MARGIN = 1 / 16.0;
    private static final double LEANING = 8;

    private static final int TOP_LEFT = 0;
    private static final int TOP_RIGHT = 1;
    private static final int BOTTOM_RIGHT = 2;
    private static final int BOTTOM_LEFT = 3;

    /** The corners behind each weight: the other three, clockwise. */
    private static final int[][] TRIANGLES = {
        {TOP_RIGHT, BOTTOM_RIGHT, BOTTOM_LEFT},
        {BOTTOM_RIGHT, BOTTOM_LEFT, TOP_LEFT},
        {TOP_LEFT, TOP_RIGHT, BOTTOM_RIGHT}
    };

    private static final int[] WEIGHTED = {TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT};

    private Quadrilateral() {}

    /** The whole image. */
    public static float[] whole() {
        return new float[] {0, 0, 1, 0, 1, 1, 0, 1};
    }

    /** Area of a quadrilateral, a share of the image's. */
    public static double area(float[] corners) {
        double twice = 0;
        for (int i = 0; i < NUMBERS; i += 2) {
            int next = (i + 2) % NUMBERS;
            twice += (double) corners[i] * corners[next + 1] - (double) corners[next] * corners[i + 1];
        }
        return twice / 2;
    }

    /** The affine map's matrix, {@code [TERMS × NUMBERS]} by rows. */
    public static float[] terms() {
        float[] matrix = new float[TERMS * NUMBERS];
        for (int i = 0; i < FACTORS; i++) {
            int[] t = TRIANGLES[i];
            // Twice the area of a triangle pqr is (q−p)ₓ(r−q)ᵧ − (q−p)ᵧ(r−q)ₓ.
            difference(matrix, i, t[1], t[0], 0);
            difference(matrix, FACTORS + i, t[2], t[1], 1);
            difference(matrix, 2 * FACTORS + i, t[1], t[0], 1);
            difference(matrix, 3 * FACTORS + i, t[2], t[1], 0);
            for (int axis = 0; axis < 2; axis++) {
                matrix[(4 * FACTORS + 3 * axis + i) * NUMBERS + 2 * WEIGHTED[i] + axis] = 2;
            }
        }
        return matrix;
    }

    private static void difference(float[] matrix, int row, int to, int from, int axis) {
        matrix[row * NUMBERS + 2 * to + axis] = 1;
        matrix[row * NUMBERS + 2 * from + axis] = -1;
    }

    /** What the affine map adds, {@code [TERMS]}. */
    public static float[] constants() {
        float[] constants = new float[TERMS];
        for (int i = 0; i < FACTORS; i++) {
            constants[4 * FACTORS + i] = -1;
            constants[4 * FACTORS + 3 + i] = -1;
            constants[4 * FACTORS + 6 + i] = 1;
        }
        return constants;
    }

    /**
     * Places of a map's cells, x and y in shares of the image's width and height: the centres of equal cells over the
     * image and a sixteenth more on each side, so that corners on its edge and a little beyond can be means of places.
     *
     * @param size rows and columns of the map
     * @return {@code [size² × 2]} by rows, cells row by row
     */
    public static float[] places(int size) {
        float[] places = new float[2 * size * size];
        for (int i = 0; i < size * size; i++) {
            places[2 * i] = place(i % size, size);
            places[2 * i + 1] = place(i / size, size);
        }
        return places;
    }

    /**
     * What is added to the maps of the corners: each falls with the square of the distance from the image's own corner.
     * So an untaught localiser cuts out the middle of an image instead of a point, and has the corners in their order.
     *
     * @param size rows and columns of the maps
     * @return {@code [4 × size²]} by rows, cells row by row
     */
    public static float[] leanings(int size) {
        float[] places = places(size);
        float[] whole = whole();
        int cells = size * size;
        float[] leanings = new float[CORNERS * cells];
        for (int i = 0; i < leanings.length; i++) {
            int corner = i / cells;
            int cell = i % cells;
            double dx = places[2 * cell] - whole[2 * corner];
            double dy = places[2 * cell + 1] - whole[2 * corner + 1];
            leanings[i] = (float) (-LEANING * (dx * dx + dy * dy));
        }
        return leanings;
    }

    private static float place(int cell, int size) {
        return (float) ((cell + 0.5) / size * (1 + 2 * MARGIN) - MARGIN);
    }

    /**
     * {@code 1−u−v}, u and v of the centres of the pixels of a square.
     *
     * @param size rows and columns of the square
     * @return {@code [3 × size²]} by rows, pixels row by row
     */
    public static float[] lattice(int size) {
        int points = size * size;
        float[] lattice = new float[3 * points];
        for (int i = 0; i < points; i++) {
            float u = (i % size + 0.5f) / size;
            float v = (i / size + 0.5f) / size;
            lattice[i] = 1 - u - v;
            lattice[points + i] = u;
            lattice[2 * points + i] = v;
        }
        return lattice;
    }
}
