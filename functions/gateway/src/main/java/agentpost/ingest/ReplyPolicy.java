package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AnswerSettings;
import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.http.Response;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a source's third party wants to be answered.
 *
 * @param status of what was taken, 200 to 204
 * @param badSignature 401 or 403: of a signature that is missing, wrong or too old
 * @param malformed of a header of the scheme that is not what it asks for: {@code badSignature} if
 *     the catalog or the provider says one, for then it is the answer to whatever does not prove
 *     who sent it; else 400
 */
public record ReplyPolicy(int status, AnswerSettings.Body body, int badSignature, int malformed) {
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int NO_CONTENT = 204;
  static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final String NO_INSTRUCTIONS =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

  /** Who takes any 2xx for well received, and says no more of it. */
  public static final ReplyPolicy DEFAULT = new ReplyPolicy(ACCEPTED, AnswerSettings.Body.IDS);

  public ReplyPolicy {
    if (status < OK || status > NO_CONTENT) {
      throw new IllegalArgumentException("answer.status must be 200 to 204, got " + status);
    }
    if (status == NO_CONTENT && body != AnswerSettings.Body.EMPTY) {
      throw new IllegalArgumentException("answer.status 204 goes with body: empty only");
    }
    if (badSignature != Problem.UNAUTHENTICATED.status()
        && badSignature != Problem.FORBIDDEN.status()) {
      throw new IllegalArgumentException(
          "answer.badSignature must be 401 or 403, got " + badSignature);
    }
    if (malformed != badSignature && malformed != Problem.MALFORMED.status()) {
      throw new IllegalArgumentException("What is malformed is 400 or as badSignature has it");
    }
  }

  /** Where nobody wants another answer to a bad signature. */
  public ReplyPolicy(int status, AnswerSettings.Body body) {
    this(status, body, Problem.FORBIDDEN.status(), Problem.MALFORMED.status());
  }

  /** Where the catalog does not say. */
  static ReplyPolicy defaultFor(SourceScheme scheme) {
    return switch (scheme) {
      case SourceScheme.Known(var provider) -> provider.usualReply();
      case SourceScheme.Described _ -> DEFAULT;
    };
  }

  /**
   * All or nothing: what is to come again has all of its delivery come again, in which what is done
   * already is known.
   */
  Response to(List<ElementOutcome> takings) {
    return ElementOutcome.findDecisive(takings)
        .flatMap(
            taking ->
                switch (taking) {
                  case ElementOutcome.NotNow(var why, _) -> Optional.of(retryLaterResponse(why));
                  case ElementOutcome.Refused(var problem, var why) ->
                      Optional.of(
                          problem.withDetail(
                              takings.size() == 1 ? why : countOutcomes(takings, taking) + why));
                  case ElementOutcome.Taken _, ElementOutcome.Unmapped _ -> Optional.empty();
                })
        .orElseGet(
            () ->
                acceptedResponse(
                    takings.stream()
                        .flatMap(
                            taking ->
                                taking instanceof ElementOutcome.Taken(var id, _)
                                    ? Stream.of(id)
                                    : Stream.empty())
                        .toList()));
  }

  private static String countOutcomes(List<ElementOutcome> takings, ElementOutcome first) {
    long refused = takings.stream().filter(ElementOutcome.Refused.class::isInstance).count();
    return refused
        + " of "
        + takings.size()
        + " events are refused; number "
        + (takings.indexOf(first) + 1)
        + ": ";
  }

  private static Response retryLaterResponse(String why) {
    return Problem.TRY_AGAIN.withDetail(why).retryAfter(RETRY_AFTER);
  }

  private Response acceptedResponse(List<EventId> ids) {
    return switch (body) {
      case IDS -> Response.json(status, json(ids));
      case EMPTY -> new Response(status, Map.of(), new byte[0]);
      case TWIML ->
          new Response(status, Map.of("Content-Type", "text/xml"), NO_INSTRUCTIONS.getBytes(UTF_8));
    };
  }

  private static String json(List<EventId> ids) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode list = json.putArray("event_ids");
    ids.forEach(id -> list.add(id.value()));
    return json.toString();
  }

  Problem forbiddenProblem() {
    return problem(badSignature);
  }

  Problem malformedProblem() {
    return problem(malformed);
  }

  private static Problem problem(int status) {
    return Stream.of(Problem.UNAUTHENTICATED, Problem.FORBIDDEN, Problem.MALFORMED)
        .filter(problem -> problem.status() == status)
        .findFirst()
        .orElseThrow();
  }
}
