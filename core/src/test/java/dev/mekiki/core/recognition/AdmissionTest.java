package dev.mekiki.core.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.Overloaded;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private final Admission admission = new Admission(2, Duration.ofMillis(250));

    @Test
    void refusesWhatIsBeyondTheLimitWithoutRunningIt() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        var _ = admission.admit(() -> first);
        var _ = admission.admit(() -> second);
        AtomicInteger ran = new AtomicInteger();

        CompletableFuture<String> third = admission.admit(() -> {
            ran.incrementAndGet();
            return new CompletableFuture<>();
        });

        assertThat(ran).hasValue(0);
        assertThat(third.exceptionNow())
                .isInstanceOfSatisfying(
                        Overloaded.class, e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(250)));
    }

    @Test
    void anAnswerAFailureAndACancellationEachMakeRoom() {
        CompletableFuture<String> answered = admission.admit(CompletableFuture::new);
        CompletableFuture<String> failed = admission.admit(CompletableFuture::new);
        answered.complete("done");
        failed.completeExceptionally(new IllegalStateException());
        assertThat(admission.underWay()).isZero();

        CompletableFuture<String> cancelled = admission.admit(CompletableFuture::new);
        assertThat(admission.underWay()).isEqualTo(1);
        cancelled.cancel(false);
        assertThat(admission.underWay()).isZero();
    }

    @Test
    void aRequestThatIsAsMuchAsSeveralTakesAllOfItsPlacesOrNone() {
        CompletableFuture<String> one = admission.admit(CompletableFuture::new);

        CompletableFuture<String> tooMuch = admission.admit(Tenant.UNNAMED, 2, CompletableFuture::new);
        assertThat(tooMuch.exceptionNow()).isInstanceOf(Overloaded.class);
        assertThat(admission.underWay()).isEqualTo(1);

        one.complete("done");
        CompletableFuture<String> both = admission.admit(Tenant.UNNAMED, 2, CompletableFuture::new);
        assertThat(admission.underWay()).isEqualTo(2);
        both.complete("done");
        assertThat(admission.underWay()).isZero();
        assertThatThrownBy(() -> admission.admit(Tenant.UNNAMED, 2, () -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(admission.underWay()).isZero();
    }

    @Test
    void workThatThrowsMakesRoomAgain() {
        assertThatThrownBy(() -> admission.admit(() -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(admission.underWay()).isZero();
    }

    @Test
    void leavesRoomForOthersHoweverMuchOneAsksFor() {
        Admission hundred = new Admission(100, Duration.ZERO);
        Tenant greedy = new Tenant("greedy", false);

        assertThat(admitted(hundred, greedy, 500)).isEqualTo(89);
        assertThat(admitted(hundred, new Tenant("modest", false), 2)).isEqualTo(2);
        assertThat(admitted(hundred, greedy, 1)).isZero();
    }

    @Test
    void sharesPlacesEquallyBetweenTwoThatWantAll() {
        Admission hundred = new Admission(100, Duration.ZERO);
        Tenant one = new Tenant("one", false);
        Tenant other = new Tenant("other", false);
        int ones = 0;
        int others = 0;
        for (int i = 0; i < 500; i++) {
            ones += admitted(hundred, one, 1);
            others += admitted(hundred, other, 1);
        }

        assertThat(ones).isEqualTo(48);
        assertThat(others).isBetween(46, 48);
    }

    private static int admitted(Admission admission, Tenant tenant, int attempts) {
        int admitted = 0;
        for (int i = 0; i < attempts; i++) {
            admitted += admission.admit(tenant, CompletableFuture::new).isCompletedExceptionally() ? 0 : 1;
        }
        return admitted;
    }

    @Test
    void neverAdmitsMoreThanTheLimitUnderContention() throws Exception {
        Admission ten = new Admission(10, Duration.ZERO);
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<String>> attempts = new CopyOnWriteArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < 1_000; i++) {
                Tenant tenant = new Tenant("t" + i % 4, false);
                callers.execute(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    attempts.add(ten.admit(tenant, CompletableFuture::new));
                });
            }
            start.countDown();
        }
        assertThat(attempts).hasSize(1_000);
        assertThat(attempts.stream().filter(CompletableFuture::isCompletedExceptionally))
                .hasSize(990);
        assertThat(ten.underWay()).isEqualTo(10);
    }
}
