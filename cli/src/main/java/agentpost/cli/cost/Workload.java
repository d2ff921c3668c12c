package agentpost.cli.cost;

import java.time.Duration;

/**
 * What goes over the bus in a month, each delivery with one attempt: another one costs as much
 * again.
 *
 * @param eventBytes of an event as EventBridge has it
 * @param agentTime until an agent has answered
 */
record Workload(double events, double hosted, double external, int eventBytes, Duration agentTime) {
  /** AWS counts a month as 730 hours. */
  static final double HOURS = 730;

  /**
   * @param perSecond events
   * @param subscribers agents that an event goes to
   * @param hostedShare of deliveries, 0 to 1
   */
  static Workload of(
      double perSecond,
      double subscribers,
      double hostedShare,
      int eventBytes,
      Duration agentTime) {
    double events = perSecond * HOURS * Duration.ofHours(1).toSeconds();
    double deliveries = events * subscribers;
    return new Workload(
        events, deliveries * hostedShare, deliveries * (1 - hostedShare), eventBytes, agentTime);
  }

  double deliveries() {
    return hosted + external;
  }

  /** At REST: the relay is asked for each delivery, and a hosted agent by the relay. */
  double requests() {
    return deliveries() + hosted;
  }
}
