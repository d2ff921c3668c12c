package agentpost.delivery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is posted to an agent's URL.
 *
 * @param headers those of the connection are not among them: they are the relay's
 */
public record OutgoingRequest(Map<String, String> headers, byte[] body) {
  private static final Set<String> OF_CONNECTION =
      Set.of("host", "content-length", "connection", "transfer-encoding", "expect", "upgrade");

  /** RFC 9110, section 5.6.2 and 5.5: what is beyond could begin another header, or a request. */
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");

  public OutgoingRequest {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    body = body.clone();
    headers.forEach(
        (name, value) -> {
          if (!NAME.matcher(name).matches()
              || OF_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                "a header's name must be a token of RFC 9110 and none of the connection's");
          }
          if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                "the value of " + name + " must be visible ASCII, spaces and tabs");
          }
        });
  }
}
