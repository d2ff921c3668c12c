package agentpost.cli.console;

import agentpost.cli.terminal.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A delivery as a row shows it.
 *
 * @param kind of its state, for the style: {@code ok}, {@code wait} or {@code bad}
 * @param state in words
 * @param due of the next attempt
 */
record DeliveryRow(String agent, String kind, String state, Optional<Times> due, List<Mark> marks) {
  /**
   * An attempt, or the ones that are left out.
   *
   * @param pause until the next one; empty if there is none
   */
  record Mark(String kind, String symbol, String word, String label, String detail, String pause) {}

  static DeliveryRow of(DeliveryProgress.Snapshot delivery) {
    List<Mark> marks = new ArrayList<>();
    delivery.first().forEach(attempt -> marks.add(mark(attempt)));
    if (delivery.left() > 0) {
      marks.add(new Mark("more", "…", "and", delivery.left() + " more", "", ""));
    }
    delivery.last().forEach(attempt -> marks.add(mark(attempt)));
    return new DeliveryRow(
        delivery.agent(), kind(delivery), state(delivery), delivery.due().map(Times::of), marks);
  }

  private static String kind(DeliveryProgress.Snapshot delivery) {
    return switch (delivery.state()) {
      case WAITING -> "wait";
      case DELIVERED -> "ok";
      case DEAD_LETTER, DROPPED -> "bad";
    };
  }

  private static String state(DeliveryProgress.Snapshot delivery) {
    return switch (delivery.state()) {
      case WAITING -> delivery.count() == 0 ? "on its way" : "waits for another attempt";
      case DELIVERED -> "delivered";
      case DEAD_LETTER -> "dead letter: " + delivery.code();
      case DROPPED -> "dropped: " + delivery.code();
    };
  }

  private static Mark mark(DeliveryProgress.Attempt attempt) {
    boolean again = attempt.pause().isPresent();
    return new Mark(
        attempt.isDelivered() ? "ok" : again ? "wait" : "bad",
        attempt.isDelivered() ? "✓" : again ? "↻" : "✕",
        attempt.isDelivered() ? "delivered" : again ? "failed, tried again" : "failed, given up",
        attempt
                .status()
                .map(status -> status + " ")
                .orElse(attempt.isDelivered() ? "" : "no answer ")
            + attempt.took().toMillis()
            + " ms",
        "attempt " + attempt.number() + ": " + attempt.message(),
        attempt.pause().map(DeliveryRow::text).orElse(""));
  }

  private static String text(Duration wait) {
    return wait.toSeconds() == 0 ? wait.toMillis() + " ms" : DurationText.of(wait);
  }
}
