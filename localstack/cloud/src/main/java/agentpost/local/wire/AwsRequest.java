package agentpost.local.wire;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One request to an AWS service as it came over the wire.
 *
 * @param method HTTP method, upper case
 * @param path raw path, still percent-encoded, without the query
 * @param query decoded query parameters
 * @param headers names in lower case; repeated ones joined with a comma
 * @param body raw bytes
 */
public record AwsRequest(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    byte[] body) {
  /** Headers have keys and signatures in them, and so may a body. */
  @Override
  public String toString() {
    return method + " " + path + " (" + headers.size() + " headers, " + body.length + " bytes)";
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }
}
