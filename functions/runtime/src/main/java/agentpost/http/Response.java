package agentpost.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One HTTP response.
 *
 * @param status 200 to 599
 * @param body UTF-8 text, or other bytes as they came from elsewhere
 */
public record Response(int status, Map<String, String> headers, byte[] body) {
  public Response {
    headers = Map.copyOf(headers);
  }

  public static Response json(int status, String body) {
    return new Response(status, Map.of("Content-Type", "application/json"), body.getBytes(UTF_8));
  }

  /**
   * This response, asking the caller to come back no sooner than that; less than a second is said
   * as one.
   */
  public Response retryAfter(Duration wait) {
    return header(
        "Retry-After", Long.toString(Math.max(1, wait.plusNanos(999_999_999).toSeconds())));
  }

  /** This response with a header, instead of one of that name. */
  public Response header(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new Response(status, all, body);
  }
}
