package agentpost.event;

import agentpost.schemas.IdText;

/**
 * The id that all events caused by one first event share: 1 to 256 characters, as in {@link
 * IdText}.
 */
public record CorrelationId(String value) {
  private static final int MAX_LENGTH = 256;

  public CorrelationId {
    // JSON Schema counts code points, and so does this.
    int length = value.codePointCount(0, value.length());
    if (length > MAX_LENGTH || !IdText.isId(value)) {
      throw new IllegalArgumentException(
          "correlation_id must be 1 to 256 characters, not blank and without control characters,"
              + " got "
              + length);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
