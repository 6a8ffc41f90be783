package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which part of a graph says where another samples an image. It bears less rounding than the rest: in float16 a place in
 * 192 pixels is off by a tenth of one, and in eight bits a corner by several.
 */
final class SamplingPlaces {

    private SamplingPlaces() {}

    /**
     * Names of what leads to the grid of a {@code GridSample}.
     *
     * @param nodes in an order in which they can be computed
     * @param last nodes at which the way back ends, themselves left out
     */
    static Set<String> of(List<NodeProto> nodes, Predicate<NodeProto> last) {
        Set<String> places = new HashSet<>();
        for (NodeProto node : nodes.reversed()) {
            if (node.getOpType().equals("GridSample")) {
                places.add(node.getInput(1));
            } else if (isOf(node, places)) {
                if (last.test(node)) {
                    places.removeAll(node.getOutputList());
                } else {
                    places.addAll(node.getInputList());
                }
            }
        }
        return places;
    }

    /** Whether a node makes one of them. */
    static boolean isOf(NodeProto node, Set<String> places) {
        return node.getOutputList().stream().anyMatch(places::contains);
    }
}
