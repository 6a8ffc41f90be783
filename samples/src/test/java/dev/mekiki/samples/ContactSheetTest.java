package dev.mekiki.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {

    private static Mat black() {
        return OpenCv.image(200, 100, Colour.BLACK);
    }

    @Test
    void growsByWholeRows() {
        try (ContactSheet sheet = new ContactSheet("test", 3, 100);
                Mat image = black()) {
            for (int i = 0; i < 3; i++) {
                sheet.add(image, ContactSheet.Mark.RIGHT, "one", "two");
            }
            int oneRow = sheet.height();
            sheet.add(image, ContactSheet.Mark.WRONG, "one", "two");
            assertThat(sheet.size()).isEqualTo(4);
            assertThat(sheet.width()).isEqualTo(3 * (100 + 2 * (5 + 6)));
            assertThat(sheet.height() - oneRow).isEqualTo(100 + 2 * (5 + 6) + 2 * 15);
            try (Mat drawn = sheet.draw()) {
                assertThat(drawn.cols()).isEqualTo(sheet.width());
                assertThat(drawn.rows()).isEqualTo(sheet.height());
            }
        }
    }

    @Test
    void framesEachPictureInTheColourOfItsMark() {
        try (ContactSheet sheet = new ContactSheet("", 5, 64);
                Mat image = black()) {
            for (ContactSheet.Mark mark : ContactSheet.Mark.values()) {
                sheet.add(image, mark);
            }
            try (Mat drawn = sheet.draw()) {
                int cell = sheet.width() / 5;
                int y = sheet.height() - cell + 8;
                assertThat(bgr(drawn, 8, y)).containsExactly(70, 160, 40);
                assertThat(bgr(drawn, cell + 8, y)).containsExactly(20, 165, 235);
                assertThat(bgr(drawn, 2 * cell + 8, y)).containsExactly(40, 40, 215);
                assertThat(bgr(drawn, 3 * cell + 8, y)).containsExactly(135, 130, 130);
                assertThat(bgr(drawn, 4 * cell + 8, y)).containsExactly(190, 100, 50);
                assertThat(bgr(drawn, cell / 2, sheet.height() - cell / 2)).containsExactly(0, 0, 0);
            }
        }
    }

    private static int[] bgr(Mat image, int x, int y) {
        byte[] pixel = new byte[3];
        image.ptr(y, x).get(pixel);
        return new int[] {pixel[0] & 0xff, pixel[1] & 0xff, pixel[2] & 0xff};
    }

    @Test
    void keepsThumbnailsWhenTheOriginalIsGone() {
        try (ContactSheet sheet = new ContactSheet("", 1, 64)) {
            try (PointerScope scope = new PointerScope()) {
                sheet.add(OpenCv.image(64, 64, Colour.WHITE), ContactSheet.Mark.RIGHT);
            }
            try (Mat drawn = sheet.draw()) {
                assertThat(bgr(drawn, drawn.cols() / 2, drawn.rows() - drawn.cols() / 2))
                        .containsExactly(255, 255, 255);
            }
        }
    }

    @Test
    void writesPngThatReadsBack(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("sheet.png");
        try (ContactSheet sheet = new ContactSheet("heading", 2, 64);
                Mat image = black()) {
            sheet.add(image, ContactSheet.Mark.UNKNOWN, "caption");
            sheet.writePng(file);
            try (Mat drawn = sheet.draw();
                    Mat bytes = new Mat(Files.readAllBytes(file));
                    Mat read = opencv_imgcodecs.imdecode(bytes, opencv_imgcodecs.IMREAD_COLOR)) {
                assertThat(Pixels.digest(read)).isEqualTo(Pixels.digest(drawn));
            }
        }
    }

    @Test
    void refusesImpossibleMeasures() {
        assertThatThrownBy(() -> new ContactSheet("", 0, 100)).hasMessage("columns: 0 (expected: 1..40)");
        assertThatThrownBy(() -> new ContactSheet("", 1, 10)).hasMessage("cellSide: 10 (expected: 48..640)");
        try (ContactSheet sheet = new ContactSheet("", 1, 64);
                Mat image = black()) {
            assertThatThrownBy(() -> sheet.add(image, ContactSheet.Mark.RIGHT, "1", "2", "3", "4", "5"))
                    .hasMessage("caption: 5 lines (expected: at most 4)");
        }
    }
}
