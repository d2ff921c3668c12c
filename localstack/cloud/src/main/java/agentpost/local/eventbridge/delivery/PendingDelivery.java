package agentpost.local.eventbridge.delivery;

/** A delivery that has neither succeeded nor been given up. */
public record PendingDelivery(String eventId, String rule, int attemptsMade) {
  @Override
  public String toString() {
    return "event " + eventId + " for " + rule + " (" + attemptsMade + " attempts made)";
  }
}
