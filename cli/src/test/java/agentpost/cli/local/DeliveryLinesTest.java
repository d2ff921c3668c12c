package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DeliveryLinesTest {
  private final StringWriter shown = new StringWriter();
  private final DeliveryLines lines = DeliveryLines.start(new PrintWriter(shown, true));

  private static DeliveryEvent attempt(int number, int status, Optional<Duration> next) {
    return new DeliveryEvent.AttemptMade(
        "e1",
        "agentpost-crm",
        number,
        Optional.of(status),
        status == 200 ? "delivered" : "retry",
        Duration.ofMillis(12),
        next);
  }

  @Test
  void eachAttemptIsALineWithItsEventsType() {
    lines.onEvent(
        new DeliveryEvent.EventAccepted(
            "e1",
            "agentpost",
            "shop",
            "order.placed",
            List.of("agentpost-log", "agentpost-crm"),
            "{}"));
    lines.onEvent(
        new DeliveryEvent.AttemptMade(
            "e1",
            "agentpost-log",
            1,
            Optional.empty(),
            "delivered",
            Duration.ZERO,
            Optional.empty()));
    lines.onEvent(attempt(1, 503, Optional.of(Duration.ofSeconds(2))));
    lines.onEvent(attempt(2, 200, Optional.empty()));
    lines.onEvent(
        new DeliveryEvent.DeadLettered(
            "e1", "agentpost-crm", "arn:aws:sqs:x", "ERROR_FROM_TARGET", "no", 3));
    await().until(() -> shown.toString().lines().count() == 4);
    assertThat(shown.toString())
        .isEqualTo(
            """
            event        order.placed from shop, for crm
            refused      crm  order.placed: 503, 12 ms; again in 2 s
            delivered    crm  order.placed, at attempt 2, 12 ms
            dead letter  crm  order.placed: ERROR_FROM_TARGET after 3 attempts; ./agentpost dlq show crm
            """);
  }

  /** What the end of the command says comes last. */
  @Test
  void whatStillWaitsAtTheEndIsNotShownAfterIt() throws InterruptedException {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    StringWriter slow =
        new StringWriter() {
          @Override
          public void flush() {
            writing.countDown();
            try {
              goesOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    DeliveryLines ending = DeliveryLines.start(new PrintWriter(slow, true));
    for (int number = 1; number <= 100; number++) {
      ending.onEvent(attempt(number, 200, Optional.empty()));
    }
    writing.await();
    ending.close();
    goesOn.countDown();
    assertThat(slow.toString().lines()).hasSize(1);
  }
}
