package agentpost.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Locale;
import java.util.Map;

/**
 * An error as RFC 9457 has it. The type is a URN that documentation and alarms can name; the detail
 * says what was wrong and what would be right, never a secret, a value of the body or a stack
 * trace.
 */
public enum Problem {
  MALFORMED(400, "The request cannot be read"),
  /** For whom a bad signature must be 401; others are told 403. */
  UNAUTHENTICATED(401, "The request is not signed by who may send it"),
  FORBIDDEN(403, "The request is not from someone who may send it"),
  NOT_FOUND(404, "There is no such agent"),
  NO_SUCH_OPERATION(404, "There is no such operation"),
  NO_SUCH_SOURCE(404, "There is no such source"),
  OTHER_OUTCOME(409, "Another outcome is recorded already"),
  PAST_DEADLINE(410, "The operation's deadline has passed"),
  STOPPED(410, "Deliveries to the agent are stopped"),
  TOO_LARGE(413, "The body is too large"),
  INVALID_EVENT(422, "The event does not fit its schema"),
  INVALID_REQUEST(422, "The body does not have the form that is asked for"),
  CALLBACK_REFUSED(422, "The callback URL is not one that may be called"),
  REFUSED(422, "The agent refuses this event"),
  /** A bug, or a failure that nobody thought of. */
  INTERNAL_ERROR(500, "The request could not be handled"),
  /** At this event; it may be well with another. */
  AGENT_FAILED(500, "The agent failed"),
  BAD_GATEWAY(502, "The agent gave no usable answer"),
  AGENT_BUSY(503, "As many deliveries to the agent are under way as may be"),
  CIRCUIT_OPEN(503, "The agent's circuit is open"),
  UNVERIFIED(503, "The agent's owner has not answered the challenge"),
  TRY_AGAIN(503, "Not now; try again"),
  GATEWAY_TIMEOUT(504, "The agent did not answer in time");

  private final int status;
  private final String title;

  Problem(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public int status() {
    return status;
  }

  /** As logs and metrics have it, such as {@code invalid-event}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As in {@code urn:agentpost:problem:invalid-event}. */
  public String type() {
    return "urn:agentpost:problem:" + label();
  }

  public Response withDetail(String detail) {
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", type())
            .put("title", title)
            .put("status", status)
            .put("detail", detail)
            .toString();
    return new Response(
        status, Map.of("Content-Type", "application/problem+json"), body.getBytes(UTF_8));
  }
}
