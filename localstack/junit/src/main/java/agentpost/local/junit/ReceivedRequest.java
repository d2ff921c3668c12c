package agentpost.local.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;

/**
 * One request that reached an agent's webhook.
 *
 * @param headers by lower-case name; repeated ones joined by a comma
 * @param body as it was signed
 * @param status that a test's agent answered; nothing where the template's own function did
 */
public record ReceivedRequest(Map<String, String> headers, byte[] body, Optional<Integer> status) {
  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /** The event's id: the {@code webhook-id}. */
  public String eventId() {
    return header("webhook-id");
  }

  public String text() {
    return new String(body, UTF_8);
  }

  @Override
  public String toString() {
    return eventId() + status.map(answered -> " answered " + answered).orElse("");
  }
}
