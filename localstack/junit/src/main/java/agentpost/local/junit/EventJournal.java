package agentpost.local.junit;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What became of the cloud's events so far, for tests to wait on. */
final class EventJournal {
  private final List<DeliveryEvent> all = new ArrayList<>();

  synchronized void add(DeliveryEvent happening) {
    all.add(happening);
    notifyAll();
  }

  synchronized List<DeliveryEvent> findAll() {
    return List.copyOf(all);
  }

  /**
   * What is looked for, as soon as it is there; looked for again whenever something happens.
   *
   * @throws AssertionError telling what happened instead, if it is not there within the time
   */
  synchronized <T> T await(String what, Duration within, Supplier<Optional<T>> look) {
    long deadline = System.nanoTime() + within.toNanos();
    try {
      for (Optional<T> found = look.get(); ; found = look.get()) {
        if (found.isPresent()) {
          return found.get();
        }
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError(
              "no " + what + " within " + within.toSeconds() + " s; what happened:" + describe());
        }
        // Some of what is looked for, such as a log line, is there a little after its event was
        // told.
        wait(Math.min(left, 50));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + what, e);
    }
  }

  private String describe() {
    return all.isEmpty()
        ? " nothing"
        : all.stream().map(EventJournal::describe).collect(Collectors.joining("\n  ", "\n  ", ""));
  }

  private static String describe(DeliveryEvent happening) {
    return switch (happening) {
      case DeliveryEvent.EventAccepted(var id, var bus, var source, var type, var rules, _) ->
          type + " " + id + " from " + source + " on " + bus + ", matched by " + rules;
      case DeliveryEvent.AttemptMade attempt ->
          attempt.rule()
              + " attempt "
              + attempt.attempt()
              + " of "
              + attempt.eventId()
              + ": "
              + attempt.status().map(String::valueOf).orElse("no answer")
              + " "
              + attempt.outcome();
      case DeliveryEvent.DeadLettered letter ->
          letter.rule()
              + " gave up on "
              + letter.eventId()
              + " after "
              + letter.attempts()
              + " attempts: "
              + letter.errorCode()
              + " "
              + letter.errorMessage();
      case DeliveryEvent.Dropped dropped ->
          dropped.rule()
              + " dropped "
              + dropped.eventId()
              + ": "
              + dropped.errorCode()
              + " "
              + dropped.errorMessage();
    };
  }
}
