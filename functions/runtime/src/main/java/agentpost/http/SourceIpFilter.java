package agentpost.http;

import agentpost.address.Ranges;

/**
 * Lets in requests from some addresses only, as the connection had them. The API turns most of the
 * others away before; it knows paths as they were written, and a path can be written in several
 * ways.
 *
 * @param from empty if everyone may come in
 */
public record SourceIpFilter(Ranges from) {
  public static final SourceIpFilter EVERYONE = new SourceIpFilter(Ranges.NONE);

  /**
   * @param list as {@link Ranges#of} reads it
   * @throws IllegalStateException if it is no list of ranges: the function does not start
   */
  public static SourceIpFilter of(String list) {
    try {
      return new SourceIpFilter(Ranges.of(list));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("ALLOWED_SOURCES: " + e.getMessage(), e);
    }
  }

  public boolean admits(Request request) {
    return from.isEmpty() || from.contains(request.sourceIp());
  }
}
