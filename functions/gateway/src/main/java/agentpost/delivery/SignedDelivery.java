package agentpost.delivery;

import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.HttpPost;
import agentpost.http.Problem;
import agentpost.http.Response;
import agentpost.http.TransientStatus;
import agentpost.platform.LogFields;
import agentpost.platform.Platform;
import agentpost.platform.StackTrace;
import agentpost.schemas.Json;
import agentpost.secrets.SecretStore;
import agentpost.secrets.SignatureSchemes;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.KeySet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One attempt to deliver one event to one agent: looked up, signed as of now with the secrets that
 * are live, posted, within {@value #TOTAL_MILLIS} ms. The relay does it for EventBridge, a redrive
 * for itself; both are the same attempt to the agent.
 */
public final class SignedDelivery {
  /** EventBridge hangs up after 5 s. */
  static final long TOTAL_MILLIS = 4_500;

  private static final int OK = 200;
  private static final int GONE = 410;
  private static final int UNPROCESSABLE = 422;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  /** What agents of ours speak. */
  private static final Dialect HOSTED = new WebhookDialect();

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** How far an attempt came. */
  public enum Outcome {
    /** The agent said something; the response is its own unless that was no final status. */
    ANSWERED,
    TIMED_OUT,
    UNREACHABLE,
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

  /**
   * One attempt, and what came of it.
   *
   * @param response what the relay answers EventBridge with
   * @param fields what the log says of it beside the outcome
   */
  public record Attempt(Response response, Outcome outcome, LogFields fields) {
    public Attempt(Response response, Outcome outcome) {
      this(response, outcome, LogFields.NONE);
    }

    /** The same, and what an earlier step knows; that comes first in the log. */
    Attempt with(LogFields known) {
      return new Attempt(response, outcome, known.and(fields));
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
     * The agent is down or broken: silence, or a 5xx. A 4xx is an answer, and so is that it is
     * busy: there is nothing to spare it.
     */
    boolean isFailure() {
      return outcome == Outcome.TIMED_OUT
          || outcome == Outcome.UNREACHABLE
          || (outcome == Outcome.ANSWERED && response.status() >= 500 && !isBusy());
    }
  }

  private final AgentDirectory agents;
  private final WebhookKeyStore secrets;
  private final String secretPrefix;
  private final HttpPost outbound;
  private final Optional<ExternalAgents> externals;
  private final Clock clock;
  private final EventCodec codec = new EventCodec();

  /** To hosted agents only. */
  SignedDelivery(
      AgentDirectory agents,
      SecretStore store,
      String secretPrefix,
      HttpPost outbound,
      Clock clock) {
    this(agents, store, secretPrefix, outbound, Optional.empty(), clock);
  }

  /**
   * @param secretPrefix what an agent's secret id begins with, before its name
   * @param externals without it, nothing is delivered to external agents
   */
  SignedDelivery(
      AgentDirectory agents,
      SecretStore store,
      String secretPrefix,
      HttpPost outbound,
      Optional<ExternalAgents> externals,
      Clock clock) {
    this.agents = agents;
    this.secrets = new WebhookKeyStore(store);
    this.secretPrefix = secretPrefix;
    this.outbound = outbound;
    this.externals = externals;
    this.clock = clock;
  }

  /**
   * @param parameterPrefix what an agent's directory entry begins with, before its name
   */
  public static SignedDelivery from(
      Platform platform, String secretPrefix, String parameterPrefix) {
    return from(platform, secretPrefix, AgentDirectory.from(platform, parameterPrefix));
  }

  /**
   * Delivers to the agents of a directory; to external ones with the table of HEALTH_TABLE only, in
   * which stands what their owners want.
   */
  public static SignedDelivery from(Platform platform, String secretPrefix, AgentDirectory agents) {
    return from(platform, secretPrefix, agents, SecretStore.from(platform));
  }

  static SignedDelivery from(
      Platform platform, String secretPrefix, AgentDirectory agents, SecretStore store) {
    Optional<ExternalAgents> externals =
        platform.environment().containsKey(HEALTH_TABLE)
            ? Optional.of(ExternalAgents.from(platform))
            : Optional.empty();
    return new SignedDelivery(
        agents,
        store,
        secretPrefix,
        new HttpPost(platform.http(), platform.clock()),
        externals,
        platform.clock());
  }

  /** Where the agent lives now: for one delivery, which asks once. */
  AgentDirectory.Entry find(AgentName agent) {
    return agents.find(agent);
  }

  public Attempt deliver(AgentName agent, byte[] body) {
    return deliver(agent, find(agent), body, clock.instant());
  }

  /**
   * @param entry as {@link #find} found it
   * @param start when the time began to run
   */
  Attempt deliver(AgentName agent, AgentDirectory.Entry entry, byte[] body, Instant start) {
    return switch (entry) {
      case AgentDirectory.Entry.Known known -> deliverToKnown(agent, known, body, start);
      case AgentDirectory.Entry.Unknown _ ->
          new Attempt(
              Problem.NOT_FOUND.withDetail("there is no agent " + agent + " in the directory"),
              Outcome.UNKNOWN_AGENT);
      case AgentDirectory.Entry.Unusable(var why) -> tryAgain(why);
      case AgentDirectory.Entry.Unavailable(var why) -> tryAgain(why);
    };
  }

  private Attempt deliverToKnown(
      AgentName agent, AgentDirectory.Entry.Known known, byte[] body, Instant start) {
    Optional<EventId> id = codec.idOf(body);
    if (id.isEmpty()) {
      return new Attempt(
          Problem.MALFORMED.withDetail(
              "the body must be a JSON object with an event_id of 1 to 128 of A-Z a-z 0-9 . _ : -"),
          Outcome.MALFORMED);
    }
    Attempt attempt =
        switch (secrets.of(
            secretPrefix + agent, SignatureSchemes.ALL.named(known.settings().signature()))) {
          case WebhookKeyStore.Lookup.Found(var live) ->
              signAndPost(
                  agent,
                  known,
                  new SignedEvent(id.get(), body, live, start.plusMillis(TOTAL_MILLIS)));
          case WebhookKeyStore.Lookup.Unusable(var why) -> tryAgain(why);
          case WebhookKeyStore.Lookup.Unavailable(var why) -> tryAgain(why);
        };
    return attempt.with(LogFields.of("event_id", id.get().value()));
  }

  /**
   * @param end when the attempt has to be over
   */
  private record SignedEvent(EventId id, byte[] body, KeySet live, Instant end) {
    OutgoingEvent outgoing(Instant now) {
      return new OutgoingEvent(id, body, live, now);
    }
  }

  private Attempt signAndPost(
      AgentName agent, AgentDirectory.Entry.Known known, SignedEvent event) {
    Optional<AgentSettings.External> external = known.settings().external();
    if (external.isPresent()) {
      return externals
          .map(
              visits ->
                  deliverOutside(
                      visits.begin(
                          new ExternalDelivery.Target(
                              agent,
                              known.endpoint(),
                              external.get().isAsked(),
                              event.live(),
                              event.end())),
                      Dialect.ALL.named(external.get().dialect()),
                      event))
          .orElseGet(
              () ->
                  tryAgain(
                      HEALTH_TABLE
                          + " is not set, and without it nothing is delivered to external agents"));
    }
    OutgoingRequest request = HOSTED.request(event.outgoing(clock.instant()));
    return attempt(
        outbound.post(
            known.endpoint(),
            request.headers(),
            request.body(),
            Duration.between(clock.instant(), event.end())));
  }

  private Attempt deliverOutside(ExternalDelivery visit, Dialect dialect, SignedEvent event) {
    Attempt attempt = visit.refusal().orElseGet(() -> speak(dialect, visit, event));
    return attempt.with(visit.fields());
  }

  /** A dialect that fails says nothing of the agent: the event comes again. */
  private Attempt speak(Dialect dialect, ExternalDelivery visit, SignedEvent event) {
    try {
      OutgoingRequest request = dialect.request(event.outgoing(clock.instant()));
      HttpPost.Answer answer = visit.post(request);
      if (!(answer instanceof HttpPost.Answer.Answered answered)) {
        return attempt(answer);
      }
      HttpPost.Answer.Answered meant = inHttp(dialect.interpret(answered), answered);
      visit.conclude(meant);
      return passOn(meant, answered.status());
    } catch (RuntimeException e) {
      return tryAgain("the dialect " + dialect.name() + " failed: " + StackTrace.headline(e))
          .with(LogFields.of("stack_trace", StackTrace.of(e)));
    }
  }

  /** What an answer means, in the words that EventBridge and the breaker know. */
  private static HttpPost.Answer.Answered inHttp(
      Dialect.Meaning meaning, HttpPost.Answer.Answered answer) {
    return switch (meaning) {
      case Dialect.Meaning.AsHttp _ -> answer;
      case Dialect.Meaning.Taken _ -> answered(OK, "", Optional.empty());
      case Dialect.Meaning.TryAgain(var why, var after) -> answered(UNAVAILABLE, why, after);
      case Dialect.Meaning.Refused(var why) -> answered(UNPROCESSABLE, why, Optional.empty());
      case Dialect.Meaning.Gone _ -> answered(GONE, "", Optional.empty());
    };
  }

  private static HttpPost.Answer.Answered answered(
      int status, String why, Optional<Duration> wait) {
    return new HttpPost.Answer.Answered(
        status, Optional.of("text/plain; charset=utf-8"), wait, why.getBytes(UTF_8));
  }

  private static Attempt attempt(HttpPost.Answer answer) {
    return switch (answer) {
      case HttpPost.Answer.Answered answered -> passOn(answered, answered.status());
      case HttpPost.Answer.TimedOut _ ->
          new Attempt(
              Problem.GATEWAY_TIMEOUT.withDetail(
                  "the agent did not answer within " + TOTAL_MILLIS + " ms"),
              Outcome.TIMED_OUT);
      case HttpPost.Answer.Unreachable(var why) ->
          new Attempt(
              Problem.BAD_GATEWAY.withDetail("the agent could not be reached: " + why),
              Outcome.UNREACHABLE,
              LogFields.of("reason", why));
    };
  }

  /**
   * @param agentStatus for the log: as the agent said it, before its dialect was understood
   */
  private static Attempt passOn(HttpPost.Answer.Answered answered, int agentStatus) {
    return new Attempt(
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

  private static Attempt tryAgain(String why) {
    return new Attempt(
        Problem.TRY_AGAIN
            .withDetail("the relay cannot deliver now; its log says why")
            .retryAfter(RETRY_AFTER),
        Outcome.TRY_AGAIN,
        LogFields.of("reason", why));
  }
}
