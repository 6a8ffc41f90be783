package dev.mekiki.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.inference.decode.ImageFormat;
import dev.mekiki.inference.decode.ImageHeader;
import org.junit.jupiter.api.Test;

class WarmUpPictureTest {

    @Test
    void isAJpegAsLargeAsAScan() {
        byte[] jpeg = WarmUpPicture.jpeg();

        assertThat(ImageHeader.read(jpeg).format()).isEqualTo(ImageFormat.JPEG);
        assertThat(ImageHeader.read(jpeg).pixels()).isBetween(140_000L, 160_000L);
        assertThat(jpeg.length).isBetween(16_384, 65_535);
    }
}
