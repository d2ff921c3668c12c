package agentpost.delivery;

import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.HttpPost;
import agentpost.http.Problem;
import agentpost.platform.LogFields;
import agentpost.platform.Platform;
import agentpost.platform.StackTrace;
import agentpost.secrets.SecretStore;
import agentpost.secrets.SignatureSchemes;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.KeySet;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
  private static final int UNAVAILABLE = 503;

  private static final Duration MAX_REHEARSAL_TIME = Duration.ofSeconds(3);

  /** What agents of ours speak. */
  private static final Dialect HOSTED = new WebhookDialect();

  private final AgentDirectory agents;
  private final WebhookKeyStore secrets;
  private final String secretPrefix;
  private final HttpPost outbound;
  private final Optional<HostedFunctions> functions;
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
    this(agents, store, secretPrefix, outbound, Optional.empty(), Optional.empty(), clock);
  }

  /**
   * @param secretPrefix what an agent's secret id begins with, before its name
   * @param functions without it, hosted agents are called at the API
   * @param externals without it, nothing is delivered to external agents
   */
  SignedDelivery(
      AgentDirectory agents,
      SecretStore store,
      String secretPrefix,
      HttpPost outbound,
      Optional<HostedFunctions> functions,
      Optional<ExternalAgents> externals,
      Clock clock) {
    this.agents = agents;
    this.secrets = new WebhookKeyStore(store);
    this.secretPrefix = secretPrefix;
    this.outbound = outbound;
    this.functions = functions;
    this.externals = externals;
    this.clock = clock;
  }

  /**
   * @param directory the directory's secret
   */
  public static SignedDelivery from(Platform platform, String secretPrefix, String directory) {
    return from(platform, secretPrefix, AgentDirectory.from(platform, directory));
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
        HostedFunctions.from(platform),
        externals,
        platform.clock());
  }

  /**
   * What a delivery does, as far as it leaves nothing behind: an event signed for the first hosted
   * agent, and sent to where its API leads nobody; or its function not quite invoked.
   */
  void rehearse(byte[] body, HttpClient http) {
    agents
        .findHosted()
        .ifPresent(
            hosted ->
                signRehearsal(hosted.agent(), hosted.entry(), body)
                    .ifPresent(
                        request ->
                            functions.ifPresentOrElse(
                                one -> one.rehearse(hosted.agent(), request, MAX_REHEARSAL_TIME),
                                () ->
                                    DeliveryAttempt.ofHosted(
                                        new HttpPost(http, clock)
                                            .post(
                                                hosted.entry().endpoint().resolve("/rehearsal"),
                                                request.headers(),
                                                request.body(),
                                                MAX_REHEARSAL_TIME)))));
  }

  private Optional<OutgoingRequest> signRehearsal(
      AgentName agent, AgentDirectory.Entry.Known known, byte[] body) {
    return codec
        .idOf(body)
        .flatMap(
            id ->
                secrets.of(
                            secretPrefix + agent,
                            SignatureSchemes.ALL.named(known.settings().signature()))
                        instanceof WebhookKeyStore.Lookup.Found(var live)
                    ? Optional.of(
                        HOSTED.request(new OutgoingEvent(id, body, live, clock.instant())))
                    : Optional.empty());
  }

  /** Where the agent lives now: for one delivery, which asks once. */
  AgentDirectory.Entry find(AgentName agent) {
    return agents.find(agent);
  }

  public DeliveryAttempt deliver(AgentName agent, byte[] body) {
    return deliver(agent, find(agent), body, clock.instant());
  }

  /**
   * @param entry as {@link #find} found it
   * @param start when the time began to run
   */
  DeliveryAttempt deliver(AgentName agent, AgentDirectory.Entry entry, byte[] body, Instant start) {
    return switch (entry) {
      case AgentDirectory.Entry.Known known -> deliverToKnown(agent, known, body, start);
      case AgentDirectory.Entry.Unknown _ -> DeliveryAttempt.unknownAgent(agent);
      case AgentDirectory.Entry.Unusable(var why) -> DeliveryAttempt.tryAgain(why);
      case AgentDirectory.Entry.Unavailable(var why) -> DeliveryAttempt.tryAgain(why);
    };
  }

  private DeliveryAttempt deliverToKnown(
      AgentName agent, AgentDirectory.Entry.Known known, byte[] body, Instant start) {
    Optional<EventId> id = codec.idOf(body);
    if (id.isEmpty()) {
      return new DeliveryAttempt(
          Problem.MALFORMED.withDetail(
              "the body must be a JSON object with an event_id of 1 to 128 of A-Z a-z 0-9 . _ : -"),
          DeliveryAttempt.Outcome.MALFORMED);
    }
    DeliveryAttempt attempt =
        switch (secrets.of(
            secretPrefix + agent, SignatureSchemes.ALL.named(known.settings().signature()))) {
          case WebhookKeyStore.Lookup.Found(var live) ->
              signAndPost(
                  agent,
                  known,
                  new SignedEvent(id.get(), body, live, start.plusMillis(TOTAL_MILLIS)));
          case WebhookKeyStore.Lookup.Unusable(var why) -> DeliveryAttempt.tryAgain(why);
          case WebhookKeyStore.Lookup.Unavailable(var why) -> DeliveryAttempt.tryAgain(why);
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

  private DeliveryAttempt signAndPost(
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
                  DeliveryAttempt.tryAgain(
                      HEALTH_TABLE
                          + " is not set, and without it nothing is delivered to external agents"));
    }
    Duration left = Duration.between(clock.instant(), event.end());
    if (!left.isPositive()) {
      return DeliveryAttempt.tryAgain("the relay began so late that no time was left");
    }
    OutgoingRequest request = HOSTED.request(event.outgoing(clock.instant()));
    return functions
        .map(hosted -> hosted.post(agent, request, left))
        .orElseGet(
            () ->
                DeliveryAttempt.ofHosted(
                    outbound.post(known.endpoint(), request.headers(), request.body(), left)));
  }

  private DeliveryAttempt deliverOutside(
      ExternalDelivery visit, Dialect dialect, SignedEvent event) {
    DeliveryAttempt attempt = visit.refusal().orElseGet(() -> speak(dialect, visit, event));
    return attempt.with(visit.fields());
  }

  /** A dialect that fails says nothing of the agent: the event comes again. */
  private DeliveryAttempt speak(Dialect dialect, ExternalDelivery visit, SignedEvent event) {
    try {
      OutgoingRequest request = dialect.request(event.outgoing(clock.instant()));
      HttpPost.Answer answer = visit.post(request);
      if (!(answer instanceof HttpPost.Answer.Answered answered)) {
        return DeliveryAttempt.of(answer);
      }
      HttpPost.Answer.Answered meant = inHttp(dialect.interpret(answered), answered);
      visit.conclude(meant);
      return DeliveryAttempt.passOn(meant, answered.status());
    } catch (RuntimeException e) {
      return DeliveryAttempt.tryAgain(
              "the dialect " + dialect.name() + " failed: " + StackTrace.headline(e))
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
}
