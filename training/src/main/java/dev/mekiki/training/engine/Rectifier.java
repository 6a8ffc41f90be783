package dev.mekiki.training.engine;

import dev.mekiki.training.network.Quadrilateral;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Cuts squares out of images along quadrilaterals, as {@link Quadrilateral} says. Only read once it is made. */
final class Rectifier {
    private static final long BILINEAR = 0;
    private static final long ZEROS = 0;

    private final int size;
    private final Tensor leanings;
    private final Tensor places;
    private final Tensor terms;
    private final Tensor constants;
    private final Tensor lattice;

    /**
     * Cuts of one size.
     *
     * @param mapSize rows and columns of the maps of the corners
     * @param size rows and columns, pixels
     * @param like a tensor on the device that will be worked on
     */
    Rectifier(int mapSize, int size, Tensor like) {
        this.size = size;
        this.leanings =
                constant(Quadrilateral.leanings(mapSize), like, Quadrilateral.CORNERS, (long) mapSize * mapSize);
        this.places = constant(Quadrilateral.places(mapSize), like, (long) mapSize * mapSize, 2);
        this.terms = constant(Quadrilateral.terms(), like, Quadrilateral.TERMS, Quadrilateral.NUMBERS);
        this.constants = constant(Quadrilateral.constants(), like, Quadrilateral.TERMS);
        this.lattice = constant(Quadrilateral.lattice(size), like, 3, (long) size * size);
    }

    private static Tensor constant(float[] values, Tensor like, long... shape) {
        return torch.from_blob(new FloatPointer(values), shape).clone().to(like.device(), torch.ScalarType.Float);
    }

    /**
     * What maps of corners say.
     *
     * @param maps {@code [n, 4, mapSize, mapSize]}
     * @return {@code [n, 8]}
     */
    Tensor corners(Tensor maps) {
        Tensor shares = maps.contiguous()
                .view(maps.size(0), Quadrilateral.CORNERS, -1)
                .add(leanings)
                .softmax(2);
        return torch.matmul(shares, places).view(maps.size(0), Quadrilateral.NUMBERS);
    }

    /**
     * Where the pixels of the squares come from.
     *
     * @param corners {@code [n, 8]}
     * @return {@code [n, size, size, 2]}, x and y in −1..1 from edge to edge
     */
    Tensor grid(Tensor corners) {
        long n = corners.size(0);
        long factors = Quadrilateral.FACTORS;
        Tensor all = torch.matmul(corners, terms.t()).add(constants);
        Tensor weights = atLeast(all.narrow(1, 0, factors)
                .mul(all.narrow(1, factors, factors))
                .sub(all.narrow(1, 2 * factors, factors).mul(all.narrow(1, 3 * factors, factors))));
        Tensor weighted = all.narrow(1, 4 * factors, 9).view(n, 3, 3).mul(weights.view(n, 1, 3));
        Tensor points = torch.matmul(weighted, lattice);
        return points.narrow(1, 0, 2)
                .div(atLeast(points.narrow(1, 2, 1)))
                .transpose(1, 2)
                .contiguous()
                .view(n, size, size, 2);
    }

    private static Tensor atLeast(Tensor weights) {
        return weights.clamp_min(Losses.scalar(Quadrilateral.LEAST_WEIGHT));
    }

    /**
     * The squares.
     *
     * @param images {@code [n, 3, S, S]}
     * @param corners {@code [n, 8]}
     * @return {@code [n, 3, size, size]}
     */
    Tensor cut(Tensor images, Tensor corners) {
        return torch.grid_sampler(images, grid(corners), BILINEAR, ZEROS, false);
    }
}
