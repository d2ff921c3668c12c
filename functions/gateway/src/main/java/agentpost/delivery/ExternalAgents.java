package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.health.Consent;
import agentpost.health.ConsentStore;
import agentpost.health.HealthTable;
import agentpost.http.HttpPost;
import agentpost.http.Problem;
import agentpost.http.Response;
import agentpost.platform.Platform;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The webhooks of others. Before the first event its owner is asked, by a signed challenge, whether
 * it wants events at this URL; after a 410 it is left alone (ADR 15). What is posted goes by the
 * {@link AddressGuard}.
 */
final class ExternalAgents {
  /** So long another instance's news may take to get here. */
  static final Duration CONSENT_TTL = Duration.ofSeconds(5);

  /** While the table does not answer, who was well is taken to be well. */
  private static final Duration MAX_CONSENT_STALENESS = Duration.ofMinutes(10);

  /** Longer than the function runs, so that there is one challenge at a time. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private static final Duration MAX_CALL_TIMEOUT = Duration.ofSeconds(1);

  /** With less time than that, the event comes again instead of being cut off. */
  private static final Duration MIN_DELIVERY_TIMEOUT = Duration.ofSeconds(1);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final int GONE = 410;

  private record Known(Consent consent, Instant readAt) {}

  /**
   * One attempt that is to be made.
   *
   * @param isAsked whether its owner is asked first; not one that was asked otherwise, as the
   *     catalog says
   * @param end when it has to be over
   * @param line takes what is worth logging
   */
  record DeliveryAttempt(
      AgentName agent,
      URI endpoint,
      boolean isAsked,
      KeySet secrets,
      Instant end,
      ObjectNode line) {
    /** As the table has the URL. */
    String url() {
      try {
        return HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256").digest(endpoint.toString().getBytes(UTF_8)),
                0,
                16);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java platform has SHA-256", e);
      }
    }
  }

  private final GuardedPost post;
  private final HealthTable table;
  private final Clock clock;
  private final Clock deadlines;
  private final DoubleSupplier jitter;
  private final Map<AgentName, Known> known = new ConcurrentHashMap<>();

  /**
   * @param clock the wall's, for signatures and leases
   * @param deadlines for waits
   * @param jitter from 0 to 1
   */
  ExternalAgents(
      GuardedPost post, HealthTable table, Clock clock, Clock deadlines, DoubleSupplier jitter) {
    this.post = post;
    this.table = table;
    this.clock = clock;
    this.deadlines = deadlines;
    this.jitter = jitter;
  }

  static ExternalAgents from(Platform platform) {
    return new ExternalAgents(
        GuardedPost.from(platform),
        HealthTable.from(platform),
        platform.clock(),
        platform.deadlines(),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  /** Why nothing is delivered; nothing if the event may be posted. */
  Optional<SignedDelivery.Attempt> refusal(DeliveryAttempt visit) {
    Optional<Consent> consent = consent(visit);
    if (consent.isEmpty()) {
      return Optional.of(
          refuse(
              Problem.TRY_AGAIN
                  .because("it cannot be read now whether the agent wants events")
                  .retryAfter(RETRY_AFTER),
              SignedDelivery.Outcome.TRY_AGAIN));
    }
    if (consent.get().isGone(visit.url())) {
      return Optional.of(recordGone(visit));
    }
    return !visit.isAsked() || consent.get().isProven(visit.url())
        ? Optional.empty()
        : askConsent(visit, consent.get());
  }

  HttpPost.Answer post(DeliveryAttempt visit, OutgoingRequest request) {
    return post.call(
        visit.endpoint().toString(), request.headers(), request.body(), timeLeft(visit));
  }

  /**
   * What is to be concluded from an answer to an event, once its dialect has said what it means.
   */
  void conclude(DeliveryAttempt visit, HttpPost.Answer.Answered meant) {
    if (meant.status() == GONE) {
      stop(visit);
    }
  }

  private Optional<SignedDelivery.Attempt> askConsent(DeliveryAttempt visit, Consent consent) {
    Instant now = deadlines.instant();
    if (consent
        .asked()
        .filter(asked -> asked.url().equals(visit.url()) && asked.due().isAfter(now))
        .isPresent()) {
      return Optional.of(
          refuseUnproven("its owner has not answered the challenge", waitForOther(consent, now)));
    }
    Optional<ConsentStore.ChallengeLease> turn =
        call(
            visit,
            consents ->
                consents.ask(visit.agent(), visit.url(), consent, now, clock.instant(), LEASE));
    turn.ifPresent(one -> remember(visit, one.consent()));
    if (turn.isEmpty()) {
      return Optional.of(
          refuseUnproven("whether the agent was asked cannot be written down now", RETRY_AFTER));
    }
    Consent current = turn.get().consent();
    if (!turn.get().mine()) {
      if (current.isGone(visit.url())) {
        return Optional.of(recordGone(visit));
      }
      return current.isProven(visit.url())
          ? Optional.empty()
          : Optional.of(
              refuseUnproven(
                  "its owner has not answered the challenge", waitForOther(current, now)));
    }
    Challenge challenge = Challenge.draw();
    Map<String, String> headers =
        WebhookDialect.headers(
            new Signer(visit.secrets())
                .sign(challenge.id().value(), clock.instant(), challenge.body()));
    return handleAnswer(
        visit,
        challenge,
        current,
        post.call(visit.endpoint().toString(), headers, challenge.body(), timeLeft(visit)));
  }

  private Optional<SignedDelivery.Attempt> handleAnswer(
      DeliveryAttempt visit, Challenge challenge, Consent asked, HttpPost.Answer answer) {
    ChallengeResult result = ChallengeResult.of(challenge, answer);
    visit.line().put("challenge", result.message());
    return switch (result) {
      case ChallengeResult.Proven _ -> recordProven(visit);
      case ChallengeResult.Gone _ -> {
        stop(visit);
        yield Optional.of(recordGone(visit));
      }
      case ChallengeResult.Unproven(var why) -> {
        call(visit, consents -> consents.recordUnproven(visit.agent(), deadlines.instant()));
        yield Optional.of(
            refuseUnproven(
                "the challenge came to nothing (" + why + ")",
                addJitter(remaining(asked, deadlines.instant()))));
      }
    };
  }

  /** If that cannot be written down, the owner is asked once more, later. */
  private Optional<SignedDelivery.Attempt> recordProven(DeliveryAttempt visit) {
    call(visit, consents -> consents.recordProven(visit.agent(), visit.url(), deadlines.instant()))
        .ifPresent(consent -> remember(visit, consent));
    return timeLeft(visit).compareTo(MIN_DELIVERY_TIMEOUT) < 0
        ? Optional.of(
            refuseUnproven(
                "the challenge was answered, and took the time of this attempt",
                Duration.ofSeconds(1)))
        : Optional.empty();
  }

  private void stop(DeliveryAttempt visit) {
    visit.line().put("stopped", true);
    call(visit, consents -> consents.recordGone(visit.agent(), visit.url(), deadlines.instant()))
        .ifPresent(consent -> remember(visit, consent));
  }

  private static SignedDelivery.Attempt recordGone(DeliveryAttempt visit) {
    return refuse(
        Problem.STOPPED.because(
            "the agent answered 410, so it is not called any more; ./agentpost agents resume "
                + visit.agent()
                + " ends that"),
        SignedDelivery.Outcome.STOPPED);
  }

  private static SignedDelivery.Attempt refuseUnproven(String why, Duration wait) {
    return refuse(Problem.UNPROVEN.because(why).retryAfter(wait), SignedDelivery.Outcome.UNPROVEN);
  }

  private static SignedDelivery.Attempt refuse(Response response, SignedDelivery.Outcome outcome) {
    return new SignedDelivery.Attempt(response, outcome);
  }

  /** While one is asking, soon. */
  private Duration waitForOther(Consent consent, Instant now) {
    boolean underWay =
        consent.asked().filter(asked -> asked.lease().isAfter(clock.instant())).isPresent();
    return addJitter(underWay ? RETRY_AFTER : remaining(consent, now));
  }

  private static Duration remaining(Consent consent, Instant now) {
    Duration remaining =
        consent.asked().map(asked -> Duration.between(now, asked.due())).orElse(RETRY_AFTER);
    return remaining.isPositive() ? remaining : RETRY_AFTER;
  }

  /** Those who wait come back over as long a time again, not all with the next challenge. */
  private Duration addJitter(Duration least) {
    return least.plusMillis((long) (least.toMillis() * jitter.getAsDouble()));
  }

  private Optional<Consent> consent(DeliveryAttempt visit) {
    Instant now = deadlines.instant();
    Known last = known.get(visit.agent());
    if (last != null && now.isBefore(last.readAt().plus(CONSENT_TTL))) {
      return Optional.of(last.consent());
    }
    Optional<Consent> read = call(visit, consents -> consents.read(visit.agent()));
    read.ifPresent(consent -> remember(visit, consent));
    return read.or(
        () ->
            Optional.ofNullable(last)
                .filter(one -> now.isBefore(one.readAt().plus(MAX_CONSENT_STALENESS)))
                .map(Known::consent));
  }

  private void remember(DeliveryAttempt visit, Consent consent) {
    known.put(visit.agent(), new Known(consent, deadlines.instant()));
  }

  private <T> Optional<T> call(DeliveryAttempt visit, Function<ConsentStore, T> call) {
    try {
      return Optional.of(call.apply(new ConsentStore(table.withTimeout(MAX_CALL_TIMEOUT))));
    } catch (SdkException e) {
      visit
          .line()
          .put("consent", "the table of health did not answer: " + e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  private Duration timeLeft(DeliveryAttempt visit) {
    return Duration.between(clock.instant(), visit.end());
  }
}
