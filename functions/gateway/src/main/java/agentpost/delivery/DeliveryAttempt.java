package agentpost.delivery;

import agentpost.catalog.AgentName;
import agentpost.http.HttpPost;
import agentpost.http.Problem;
import agentpost.http.Response;
import agentpost.http.TransientStatus;
import agentpost.platform.LogFields;
import agentpost.schemas.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One attempt to deliver one event, and what came of it.
 *
 * @param response what the relay answers EventBridge with
 * @param fields what the log says of it beside the outcome
 */
public record DeliveryAttempt(Response response, Outcome outcome, LogFields fields) {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** How far an attempt came. */
  public enum Outcome {
    /** The agent said something; the response is its own unless that was no final status. */
    ANSWERED,
    TIMED_OUT,
    UNREACHABLE,
    /** API Gateway or Lambda had no room for it; its function was not run. */
    THROTTLED,
    /** As many attempts are under way as its settings allow; the agent was not asked. */
    AT_LIMIT,
    /** Too many of the last deliveries failed; the agent was not asked. */
    CIRCUIT_OPEN,
    /** An external agent that answered 410; it was not asked. */
    STOPPED,
    /** An external agent whose owner has not answered the challenge; it was not sent the event. */
    UNVERIFIED,
    /** The directory or the secret cannot be read or used now; the agent was not asked. */
    TRY_AGAIN,
    UNKNOWN_AGENT,
    /** The body has no usable event_id; the agent was not asked. */
    MALFORMED;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public DeliveryAttempt(Response response, Outcome outcome) {
    this(response, outcome, LogFields.NONE);
  }

  /** The same, and what an earlier step knows; that comes first in the log. */
  DeliveryAttempt with(LogFields known) {
    return new DeliveryAttempt(response, outcome, known.and(fields));
  }

  /** As logs have it: an answer is a delivery or a refusal. */
  String label() {
    return outcome == Outcome.ANSWERED ? (isTaken() ? "delivered" : "refused") : outcome.label();
  }

  /** The agent has taken the event. */
  public boolean isTaken() {
    return outcome == Outcome.ANSWERED && response.status() / 100 == 2;
  }

  /**
   * The response for whoever tries 409, 429 and 5xx again and nothing else, as EventBridge does
   * ("API destinations as targets"): a 4xx that passes by its own RFC is a 503.
   */
  public Response toRetriable() {
    int status = response.status();
    Optional<String> wait = Optional.ofNullable(response.headers().get("Retry-After"));
    if (status >= 500
        || status == TOO_MANY_REQUESTS
        || !TransientStatus.matches(status, wait.isPresent())) {
      return response;
    }
    Response said =
        Problem.TRY_AGAIN.withDetail(
            "the agent answered " + status + ", by which it says that the event may come again");
    return wait.map(value -> said.header("Retry-After", value)).orElse(said);
  }

  /** Whether it says something of the agent, not only of us. */
  boolean wasAsked() {
    return outcome == Outcome.ANSWERED
        || outcome == Outcome.TIMED_OUT
        || outcome == Outcome.UNREACHABLE;
  }

  /**
   * It says when to come again: an agent that is well has too much to do, or this very event in
   * hand. EventBridge keeps to what it says.
   */
  boolean isBusy() {
    return outcome == Outcome.ANSWERED
        && response.status() == 503
        && response.headers().containsKey("Retry-After");
  }

  /** By its own account the agent failed at this very event. */
  boolean isFailureAtEvent() {
    return outcome == Outcome.ANSWERED
        && response.status() == Problem.AGENT_FAILED.status()
        && Json.parse(response.body()) instanceof Json.Parsed.Read(var problem)
        && problem.path("type").asText().equals(Problem.AGENT_FAILED.type());
  }

  /**
   * The agent is down or broken: silence, or a 5xx. A 4xx is an answer, and so is that it is busy:
   * there is nothing to spare it.
   */
  boolean isFailure() {
    return outcome == Outcome.TIMED_OUT
        || outcome == Outcome.UNREACHABLE
        || (outcome == Outcome.ANSWERED && response.status() >= 500 && !isBusy());
  }

  /**
   * As {@link #of}, of an agent behind our own API. What API Gateway answers itself says nothing of
   * the agent, except its 502: then the function was run, and ended without an answer. It answers
   * 500 if Lambda rejects the call, as for want of concurrency (Lambda developer guide, "Handling
   * Lambda errors with an API Gateway API"), 429 if its own throttle does, and 503 where the API's
   * document says so.
   */
  static DeliveryAttempt ofHosted(HttpPost.Answer answer) {
    return answer instanceof HttpPost.Answer.Answered answered && isThrottled(answered)
        ? throttled(answered.status(), answered.retryAfter())
        : of(answer);
  }

  /** The agent's function was not run, for want of room. */
  static DeliveryAttempt throttled(int gatewayStatus, Optional<Duration> wait) {
    return new DeliveryAttempt(
        Problem.TRY_AGAIN
            .withDetail("there is no room for the agent's function now")
            .retryAfter(wait.orElse(RETRY_AFTER)),
        Outcome.THROTTLED,
        LogFields.NONE.with("gateway_status", gatewayStatus));
  }

  /** A function's own errors are problems with a type; API Gateway's have a message alone. */
  private static boolean isThrottled(HttpPost.Answer.Answered answered) {
    boolean mayBe =
        answered.status() == TOO_MANY_REQUESTS
            || (answered.status() >= 500 && answered.status() != Problem.BAD_GATEWAY.status());
    return mayBe
        && Json.parse(answered.body()) instanceof Json.Parsed.Read(var body)
        && body.size() == 1
        && body.path("message").isTextual();
  }

  /** What an answer, or silence, makes of the attempt. */
  static DeliveryAttempt of(HttpPost.Answer answer) {
    return switch (answer) {
      case HttpPost.Answer.Answered answered -> passOn(answered, answered.status());
      case HttpPost.Answer.TimedOut _ ->
          new DeliveryAttempt(
              Problem.GATEWAY_TIMEOUT.withDetail(
                  "the agent did not answer within " + SignedDelivery.TOTAL_MILLIS + " ms"),
              Outcome.TIMED_OUT);
      case HttpPost.Answer.Unreachable(var why) ->
          new DeliveryAttempt(
              Problem.BAD_GATEWAY.withDetail("the agent could not be reached: " + why),
              Outcome.UNREACHABLE,
              LogFields.of("reason", why));
    };
  }

  /**
   * @param agentStatus for the log: as the agent said it, before its dialect was understood
   */
  static DeliveryAttempt passOn(HttpPost.Answer.Answered answered, int agentStatus) {
    return new DeliveryAttempt(
        toResponse(answered), Outcome.ANSWERED, LogFields.NONE.with("agent_status", agentStatus));
  }

  /**
   * The agent's own status, except a redirect, for where it leads was never agreed upon and
   * EventBridge would not retry a 3xx; and what is no final status of HTTP, which API Gateway would
   * refuse.
   */
  private static Response toResponse(HttpPost.Answer.Answered answered) {
    if (answered.status() < 200 || answered.status() / 100 == 3 || answered.status() > 599) {
      return Problem.BAD_GATEWAY.withDetail(
          "the agent answered "
              + answered.status()
              + "; it must be 2xx, 4xx or 5xx, redirects are not followed");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", answered.contentType().orElse("application/octet-stream"));
    Response response = new Response(answered.status(), headers, answered.body());
    return answered.retryAfter().map(response::retryAfter).orElse(response);
  }

  /**
   * Who has an API destination and no entry: a deployment that takes the agent away, or one that
   * failed and is being undone. Its event comes again.
   */
  static DeliveryAttempt unknownAgent(AgentName agent) {
    return new DeliveryAttempt(
        Problem.TRY_AGAIN
            .withDetail("there is no agent " + agent + " in the directory")
            .retryAfter(RETRY_AFTER),
        Outcome.UNKNOWN_AGENT);
  }

  /** It says nothing of the agent; the event comes again. */
  static DeliveryAttempt tryAgain(String why) {
    return new DeliveryAttempt(
        Problem.TRY_AGAIN
            .withDetail("the relay cannot deliver now; its log says why")
            .retryAfter(RETRY_AFTER),
        Outcome.TRY_AGAIN,
        LogFields.of("reason", why));
  }
}
