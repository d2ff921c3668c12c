package agentpost.catalog;

import java.time.Duration;

/** The relay's function's time-out, by which the relay knows when its invocation began. */
public final class RelayTimeout {
  /**
   * EventBridge hangs up at 5 s and the relay ends itself before; this is for a start without a
   * snapshot.
   */
  public static final Duration FUNCTION = Duration.ofSeconds(10);

  private RelayTimeout() {}
}
