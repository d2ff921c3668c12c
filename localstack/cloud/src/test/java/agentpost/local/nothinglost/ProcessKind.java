package agentpost.local.nothinglost;

import java.time.Duration;
import java.util.Optional;

/** What a process is, when it is stopped whatever it does, and whether it may die before. */
enum ProcessKind {
  /** AWS's own; it does not die with what it has in hand. */
  EVENTBRIDGE(Optional.empty(), false),
  RELAY(seconds(10), true),
  /** A hosted agent's function. */
  INBOX(seconds(15), true),
  /** Someone's own webhook. */
  EXTERNAL(seconds(120), true),
  REDRIVE(seconds(60), true),
  /** What sends letters out again by itself. */
  RECOVERY(seconds(60), true),
  /** Someone at a terminal, who thinks for as long as people do. */
  PERSON(Optional.empty(), true),
  STRANGER(Optional.empty(), false);

  /** As the template has Lambda's time-outs. */
  final Optional<Duration> lifetime;

  final boolean mayDie;

  ProcessKind(Optional<Duration> lifetime, boolean mayDie) {
    this.lifetime = lifetime;
    this.mayDie = mayDie;
  }

  private static Optional<Duration> seconds(int seconds) {
    return Optional.of(Duration.ofSeconds(seconds));
  }
}
