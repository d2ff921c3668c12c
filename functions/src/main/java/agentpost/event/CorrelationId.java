package agentpost.event;

/** What everything that one first event led to has in common: 1 to 256 characters. */
public record CorrelationId(String value) {
  public CorrelationId {
    if (value.isEmpty() || value.length() > 256) {
      throw new IllegalArgumentException("correlation_id must be 1 to 256 characters, got " + value.length());
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
