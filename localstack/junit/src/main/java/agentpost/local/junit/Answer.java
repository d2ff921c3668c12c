package agentpost.local.junit;

import java.time.Duration;
import java.util.Optional;

/** What an agent's webhook is told to answer; for good, unless {@link #times} says how often. */
public final class Answer {
  private final int status;
  private long left = Long.MAX_VALUE;
  private Duration before = Duration.ZERO;
  private Optional<Duration> asked = Optional.empty();
  private Optional<String> text = Optional.empty();

  Answer(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("An answer's status is from 200 to 599; got " + status);
    }
    this.status = status;
  }

  /** This often, then what was told next, then as usual. */
  public synchronized Answer times(int times) {
    if (times < 0) {
      throw new IllegalArgumentException("times must be 0 or more; got " + times);
    }
    left = times;
    return this;
  }

  /** After so long on the wall's clock; the relay gives up after 4.5 s. */
  public synchronized Answer after(Duration delay) {
    before = delay;
    return this;
  }

  /** With a {@code Retry-After}, in whole seconds. */
  public synchronized Answer retryAfter(Duration delay) {
    asked = Optional.of(delay);
    return this;
  }

  /** With this body, for a dialect to read. */
  public synchronized Answer body(String body) {
    text = Optional.of(body);
    return this;
  }

  synchronized boolean take() {
    return left-- > 0;
  }

  int status() {
    return status;
  }

  synchronized Duration before() {
    return before;
  }

  synchronized String body() {
    return text.orElse("told by the test to answer " + status);
  }

  synchronized Optional<Duration> asked() {
    return asked;
  }
}
