package dev.mekiki.training.evaluation;

import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.inference.session.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How fast a model runs on one thread of the CPU, without decoding and preprocessing.
 *
 * @param batch images in a run
 * @param imagesPerSecond median of the rounds
 * @param low slowest round
 * @param high fastest round
 */
public record Speed(int batch, double imagesPerSecond, double low, double high) {

    private static final List<Integer> BATCHES = List.of(1, 4);
    private static final int ROUNDS = 9;
    private static final long ROUND_NANOS = 300_000_000;

    /**
     * Measures models in turns, so that what else the machine does meets all of them.
     *
     * @param files ONNX models with their cards
     * @return for each file one speed for each batch size, 1 and 4
     * @throws Exception if a model fails
     */
    static List<List<Speed>> measure(List<Path> files) throws Exception {
        List<OnnxSession> sessions = new ArrayList<>();
        List<List<ByteBuffer>> images = new ArrayList<>();
        try {
            for (Path file : files) {
                ModelCard card = ModelCard.read(ImageEmbedder.cardOf(file));
                SessionSettings settings = SessionSettings.cpu(1, 1, BATCHES);
                sessions.addAll(OnnxModel.load(file, card, settings).sessions());
                images.add(noise(card));
            }
            List<List<Speed>> speeds = new ArrayList<>();
            files.forEach(_ -> speeds.add(new ArrayList<>()));
            for (int batch : BATCHES) {
                double[][] rates = new double[files.size()][ROUNDS];
                for (int round = 0; round < ROUNDS; round++) {
                    for (int m = 0; m < files.size(); m++) {
                        rates[m][round] = rate(sessions.get(m), images.get(m).subList(0, batch));
                    }
                }
                for (int m = 0; m < files.size(); m++) {
                    Arrays.sort(rates[m]);
                    speeds.get(m).add(new Speed(batch, rates[m][ROUNDS / 2], rates[m][0], rates[m][ROUNDS - 1]));
                }
            }
            return speeds;
        } finally {
            sessions.forEach(OnnxSession::close);
        }
    }

    private static double rate(OnnxSession session, List<ByteBuffer> batch) throws Exception {
        long start = System.nanoTime();
        long done = 0;
        long elapsed;
        do {
            session.run(batch);
            done += batch.size();
            elapsed = System.nanoTime() - start;
        } while (elapsed < ROUND_NANOS);
        return done * 1e9 / elapsed;
    }

    private static List<ByteBuffer> noise(ModelCard card) {
        SplittableRandom random = new SplittableRandom(1);
        List<ByteBuffer> images = new ArrayList<>();
        Preprocessor preprocessor = Preprocessor.of(card.input());
        for (int i = 0; i < BATCHES.getLast(); i++) {
            ByteBuffer image = ByteBuffer.allocateDirect(preprocessor.bytes()).order(ByteOrder.nativeOrder());
            while (image.hasRemaining()) {
                switch (card.input().type()) {
                    case FLOAT32 -> image.putFloat(random.nextFloat());
                    case UINT8 -> image.put((byte) random.nextInt());
                }
            }
            images.add(image.flip());
        }
        return images;
    }
}
