package agentpost.local.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;

/**
 * One request that reached an agent's webhook; no challenge, which is no event's.
 *
 * @param eventId the event's id; empty if the requests of several events came at once and none says
 *     which event it is of
 * @param headers by lower-case name; repeated ones joined by a comma
 * @param body as it was signed
 * @param status that a test's agent answered; nothing where the template's own function did
 */
public record ReceivedRequest(
    String eventId, Map<String, String> headers, byte[] body, Optional<Integer> status) {
  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  public String text() {
    return new String(body, UTF_8);
  }

  @Override
  public String toString() {
    return eventId() + status.map(answered -> " answered " + answered).orElse("");
  }
}
