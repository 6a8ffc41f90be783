package dev.mekiki.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.Test;

class NativeBlocksTest {

    private final NativeBlocks blocks = new NativeBlocks();

    @Test
    void takesTheBlockThatWasGivenBackLast() {
        BytePointer first = blocks.take(100_000);
        BytePointer second = blocks.take(100_000);
        assertThat(second.address()).isNotEqualTo(first.address());
        blocks.giveBack(first);
        blocks.giveBack(second);

        assertThat(blocks.take(1).address()).isEqualTo(second.address());
        assertThat(blocks.take(131_072).address()).isEqualTo(first.address());
    }

    @Test
    void replacesABlockThatIsTooSmall() {
        BytePointer small = blocks.take(1);
        assertThat(small.capacity()).isEqualTo(65_536);
        blocks.giveBack(small);

        BytePointer large = blocks.take(65_537);

        assertThat(small.isNull()).as("freed").isTrue();
        assertThat(large.capacity()).isEqualTo(131_072);
    }

    @Test
    void keepsNothingThatIsLarge() {
        BytePointer largest = blocks.take(NativeBlocks.MOST_KEPT);
        BytePointer beyond = blocks.take(NativeBlocks.MOST_KEPT + 1);
        assertThat(beyond.capacity()).isEqualTo(NativeBlocks.MOST_KEPT + 1);

        blocks.giveBack(largest);
        blocks.giveBack(beyond);

        assertThat(beyond.isNull()).as("freed").isTrue();
        assertThat(blocks.take(1).address()).isEqualTo(largest.address());
    }
}
