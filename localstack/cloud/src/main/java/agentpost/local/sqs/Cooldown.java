package agentpost.local.sqs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What may be done to a queue once in a while only, by the queue's name. */
final class Cooldown {
  private final Duration wait;
  private final InstantSource clock;
  private final Map<String, Instant> ends = new ConcurrentHashMap<>();

  Cooldown(Duration wait, InstantSource clock) {
    this.wait = wait;
    this.clock = clock;
  }

  void begin(String queue) {
    Instant now = clock.instant();
    ends.values().removeIf(end -> !end.isAfter(now));
    ends.put(queue, now.plus(wait));
  }

  boolean isOver(String queue) {
    return !ends.getOrDefault(queue, Instant.MIN).isAfter(clock.instant());
  }
}
