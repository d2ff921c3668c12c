package agentpost.cli.console;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One delivery: its first and its last attempts, and how it is. Its owner guards it. */
final class DeliveryProgress {
  private static final int MAX_FIRST = 3;
  private static final int MAX_LAST = 5;
  private static final int MAX_MESSAGE = 200;

  enum State {
    WAITING,
    DELIVERED,
    DEAD_LETTER,
    DROPPED
  }

  /**
   * @param number from 1
   * @param status of the answer, if there was one
   * @param message what was wrong; {@code delivered} if nothing was
   * @param took on the wall's clock
   * @param pause until the next one, on the cloud's clock
   */
  record Attempt(
      int number,
      Optional<Integer> status,
      String message,
      Duration took,
      Optional<Duration> pause,
      boolean isDelivered) {}

  /**
   * @param left how many attempts are left out between the first and the last
   * @param code why it was given up, if it was
   */
  record Snapshot(
      String agent,
      State state,
      String code,
      int count,
      List<Attempt> first,
      int left,
      List<Attempt> last,
      Optional<Instant> due) {
    boolean isWaiting() {
      return state == State.WAITING;
    }

    /** Whether it is in a log or a queue now, as it should be: nobody answered, nothing failed. */
    boolean isRecordOnly() {
      return state == State.DELIVERED
          && last.isEmpty()
          && first.stream().allMatch(one -> one.isDelivered() && one.status().isEmpty());
    }
  }

  private final String agent;
  private final List<Attempt> first = new ArrayList<>(1);
  private final List<Attempt> last = new ArrayList<>(0);
  private State state = State.WAITING;
  private String code = "";
  private int count;
  private Optional<Instant> due = Optional.empty();

  DeliveryProgress(String agent) {
    this.agent = agent;
  }

  /** The event was put, or put again. */
  void begin() {
    state = State.WAITING;
    code = "";
    due = Optional.empty();
  }

  void add(DeliveryEvent.AttemptMade made, Instant now) {
    boolean isDelivered = made.outcome().equals("delivered");
    String message = made.outcome();
    Attempt attempt =
        new Attempt(
            made.attempt(),
            made.status(),
            message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) + "…" : message,
            made.took(),
            made.nextWait(),
            isDelivered);
    count++;
    if (first.size() < MAX_FIRST) {
      first.add(attempt);
    } else {
      last.add(attempt);
      if (last.size() > MAX_LAST) {
        last.removeFirst();
      }
    }
    due = made.nextWait().map(now::plus);
    state = isDelivered ? State.DELIVERED : State.WAITING;
  }

  void end(State how, String why) {
    state = how;
    code = why;
    due = Optional.empty();
  }

  Optional<Instant> due() {
    return due;
  }

  Snapshot snapshot() {
    return new Snapshot(
        agent,
        state,
        code,
        count,
        List.copyOf(first),
        count - first.size() - last.size(),
        List.copyOf(last),
        due);
  }
}
