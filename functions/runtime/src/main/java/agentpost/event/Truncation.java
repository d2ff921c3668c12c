package agentpost.event;

/**
 * Cuts texts to the length that a schema allows: by code points, as JSON Schema counts, so that
 * none is cut in half. Half of one cannot be published.
 */
public final class Truncation {
  private Truncation() {}

  public static String truncate(String text, int max) {
    return text.codePointCount(0, text.length()) <= max
        ? text
        : text.substring(0, text.offsetByCodePoints(0, max));
  }
}
