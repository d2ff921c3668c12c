package agentpost.delivery;

import agentpost.catalog.AgentName;
import agentpost.health.Consent;
import agentpost.health.ConsentStore;
import agentpost.http.HttpPost;
import agentpost.http.Problem;
import agentpost.http.Response;
import agentpost.platform.LogFields;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * One attempt at an external agent: whether it may be made, its post, and what its answer means for
 * those that follow. For one thread.
 */
final class ExternalDelivery {
  /** Longer than the function runs, so that there is one challenge at a time. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private static final Duration MAX_CALL_TIMEOUT = Duration.ofSeconds(1);

  /** With less time than that, the event comes again instead of being cut off. */
  private static final Duration MIN_DELIVERY_TIMEOUT = Duration.ofSeconds(1);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final int GONE = 410;

  /**
   * Who is to be posted to.
   *
   * @param isAsked whether its owner is asked first; not one that was asked otherwise, as the
   *     catalog says
   * @param end when it has to be over
   */
  record Target(AgentName agent, URI endpoint, boolean isAsked, KeySet secrets, Instant end) {}

  private final ExternalAgents.Parts parts;
  private final ConsentCache cache;
  private final Target target;
  private final String url;
  private LogFields fields = LogFields.NONE;

  ExternalDelivery(ExternalAgents.Parts parts, ConsentCache cache, Target target) {
    this.parts = parts;
    this.cache = cache;
    this.target = target;
    this.url = ConsentStore.digest(target.endpoint());
  }

  /** What the log says of it so far. */
  LogFields fields() {
    return fields;
  }

  /** Why nothing is delivered; nothing if the event may be posted. */
  Optional<DeliveryAttempt> refusal() {
    Optional<Consent> consent = consent();
    if (consent.isEmpty()) {
      return Optional.of(
          refuse(
              Problem.TRY_AGAIN
                  .withDetail("it cannot be read now whether the agent wants events")
                  .retryAfter(RETRY_AFTER),
              DeliveryAttempt.Outcome.TRY_AGAIN));
    }
    if (consent.get().isGone(url)) {
      return Optional.of(refuseGone());
    }
    return !target.isAsked() || consent.get().isVerified(url)
        ? Optional.empty()
        : askConsent(consent.get());
  }

  HttpPost.Answer post(OutgoingRequest request) {
    return parts
        .post()
        .call(target.endpoint().toString(), request.headers(), request.body(), timeLeft());
  }

  /**
   * What is to be concluded from an answer to an event, once its dialect has said what it means.
   */
  void conclude(HttpPost.Answer.Answered meant) {
    if (meant.status() == GONE) {
      stop();
    }
  }

  private Optional<DeliveryAttempt> askConsent(Consent consent) {
    Instant now = parts.deadlines().instant();
    if (consent
        .asked()
        .filter(asked -> asked.url().equals(url) && asked.due().isAfter(now))
        .isPresent()) {
      return Optional.of(
          refuseUnverified("its owner has not answered the challenge", waitForOther(consent, now)));
    }
    Optional<ConsentStore.ChallengeLease> turn =
        call(
            consents ->
                consents.ask(target.agent(), url, consent, now, parts.clock().instant(), LEASE));
    turn.ifPresent(one -> remember(one.consent()));
    if (turn.isEmpty()) {
      return Optional.of(
          refuseUnverified("whether the agent was asked cannot be written down now", RETRY_AFTER));
    }
    Consent current = turn.get().consent();
    if (!turn.get().mine()) {
      if (current.isGone(url)) {
        return Optional.of(refuseGone());
      }
      return current.isVerified(url)
          ? Optional.empty()
          : Optional.of(
              refuseUnverified(
                  "its owner has not answered the challenge", waitForOther(current, now)));
    }
    Challenge challenge = Challenge.draw();
    Map<String, String> headers =
        WebhookDialect.headers(
            new Signer(target.secrets())
                .sign(challenge.id().value(), parts.clock().instant(), challenge.body()));
    return handleAnswer(
        challenge,
        current,
        parts.post().call(target.endpoint().toString(), headers, challenge.body(), timeLeft()));
  }

  private Optional<DeliveryAttempt> handleAnswer(
      Challenge challenge, Consent asked, HttpPost.Answer answer) {
    ChallengeResult result = ChallengeResult.of(challenge, answer);
    fields = fields.with("challenge", result.message());
    return switch (result) {
      case ChallengeResult.Verified _ -> recordVerified();
      case ChallengeResult.Gone _ -> {
        stop();
        yield Optional.of(refuseGone());
      }
      case ChallengeResult.Unverified(var why) -> {
        call(consents -> consents.recordUnverified(target.agent(), parts.deadlines().instant()));
        yield Optional.of(
            refuseUnverified(
                "the challenge came to nothing (" + why + ")",
                addJitter(remaining(asked, parts.deadlines().instant()))));
      }
    };
  }

  /** If that cannot be written down, the owner is asked once more, later. */
  private Optional<DeliveryAttempt> recordVerified() {
    call(consents -> consents.recordVerified(target.agent(), url, parts.deadlines().instant()))
        .ifPresent(this::remember);
    return timeLeft().compareTo(MIN_DELIVERY_TIMEOUT) < 0
        ? Optional.of(
            refuseUnverified(
                "the challenge was answered, and took the time of this attempt",
                Duration.ofSeconds(1)))
        : Optional.empty();
  }

  private void stop() {
    fields = fields.with("stopped", true);
    call(consents -> consents.recordGone(target.agent(), url, parts.deadlines().instant()))
        .ifPresent(this::remember);
  }

  private DeliveryAttempt refuseGone() {
    return refuse(
        Problem.STOPPED.withDetail(
            "the agent answered 410, so it is not called any more; ./agentpost agents resume "
                + target.agent()
                + " ends that"),
        DeliveryAttempt.Outcome.STOPPED);
  }

  private static DeliveryAttempt refuseUnverified(String why, Duration wait) {
    return refuse(
        Problem.UNVERIFIED.withDetail(why).retryAfter(wait), DeliveryAttempt.Outcome.UNVERIFIED);
  }

  private static DeliveryAttempt refuse(Response response, DeliveryAttempt.Outcome outcome) {
    return new DeliveryAttempt(response, outcome);
  }

  /** While one is asking, soon. */
  private Duration waitForOther(Consent consent, Instant now) {
    boolean underWay =
        consent.asked().filter(asked -> asked.lease().isAfter(parts.clock().instant())).isPresent();
    return addJitter(underWay ? RETRY_AFTER : remaining(consent, now));
  }

  private static Duration remaining(Consent consent, Instant now) {
    Duration remaining =
        consent.asked().map(asked -> Duration.between(now, asked.due())).orElse(RETRY_AFTER);
    return remaining.isPositive() ? remaining : RETRY_AFTER;
  }

  /** Those who wait come back over as long a time again, not all with the next challenge. */
  private Duration addJitter(Duration least) {
    return least.plusMillis((long) (least.toMillis() * parts.jitter().getAsDouble()));
  }

  private Optional<Consent> consent() {
    Instant now = parts.deadlines().instant();
    Optional<Consent> fresh = cache.findFresh(target.agent(), now);
    if (fresh.isPresent()) {
      return fresh;
    }
    Optional<Consent> read = call(consents -> consents.read(target.agent()));
    read.ifPresent(this::remember);
    return read.or(() -> cache.findStale(target.agent(), now));
  }

  private void remember(Consent consent) {
    cache.put(target.agent(), consent, parts.deadlines().instant());
  }

  private <T> Optional<T> call(Function<ConsentStore, T> call) {
    try {
      return Optional.of(call.apply(new ConsentStore(parts.table().withTimeout(MAX_CALL_TIMEOUT))));
    } catch (SdkException e) {
      fields =
          fields.with(
              "consent", "the table of health did not answer: " + e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  private Duration timeLeft() {
    return Duration.between(parts.clock().instant(), target.end());
  }
}
