package agentpost.secrets;

import agentpost.platform.Platform;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * Secrets Manager's texts by secret id. A text is asked for again after a minute, well inside the
 * hour that a rotation's overlap has at least; while Secrets Manager cannot be reached, the last
 * one serves for ten minutes more. Who finds that a signature fits none of a secret's keys may ask
 * for {@link #fetchLatest}; however many do, Secrets Manager is asked once in ten seconds. Safe for
 * use by many threads.
 */
public final class SecretStore {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final Duration MAX_STALENESS = TTL.plusMinutes(10);

  /**
   * Between two calls for one secret, whoever makes us call: a forged request costs its sender
   * nothing.
   */
  public static final Duration MIN_REFRESH_INTERVAL = Duration.ofSeconds(10);

  /**
   * Between two calls for one that could not be had: it may be there again soon, and until then
   * nobody gets in.
   */
  private static final Duration FAILURE_RETRY_INTERVAL = Duration.ofSeconds(1);

  /** What came of asking for a secret. */
  public sealed interface Lookup {
    record Found(String text) implements Lookup {
      @Override
      public String toString() {
        return "Found(a secret of " + text.length() + " characters)";
      }
    }

    /** There is no such secret, or it has no text. */
    record Missing(String secretId) implements Lookup {}

    /** Secrets Manager did not answer, and nothing recent enough is known. */
    record Unavailable(String secretId, String why) implements Lookup {}
  }

  /**
   * @param asked when Secrets Manager was asked last
   * @param answered when it answered last
   */
  private record CachedSecret(Lookup answer, Instant asked, Instant answered) {}

  private final SecretsManagerClient client;
  private final Clock clock;
  private final Map<String, CachedSecret> known = new ConcurrentHashMap<>();

  /**
   * @param clock that rotations' overlaps are measured with
   */
  public SecretStore(SecretsManagerClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  public static SecretStore from(Platform platform) {
    return new SecretStore(
        platform.aws().create(SecretsManagerClient.builder()), platform.deadlines());
  }

  /** What time it is for an overlap. */
  public Instant now() {
    return clock.instant();
  }

  public Lookup text(String secretId) {
    return ask(secretId, TTL);
  }

  /**
   * The text as it is now, unless Secrets Manager was asked in the last ten seconds: then what it
   * answered.
   */
  public Lookup fetchLatest(String secretId) {
    return ask(secretId, MIN_REFRESH_INTERVAL);
  }

  private Lookup ask(String secretId, Duration ttl) {
    return known
        .compute(
            secretId,
            (_, last) -> {
              Instant now = clock.instant();
              return last != null
                      && isWithin(
                          last.answer() instanceof Lookup.Found ? ttl : FAILURE_RETRY_INTERVAL,
                          last.asked(),
                          now)
                  ? last
                  : load(secretId, last, now);
            })
        .answer();
  }

  /** On either side: a clock that was set back must not keep what is old. */
  private static boolean isWithin(Duration age, Instant then, Instant now) {
    return Duration.between(then, now).abs().compareTo(age) < 0;
  }

  private CachedSecret load(String secretId, @Nullable CachedSecret last, Instant now) {
    try {
      // A binary secret has no text.
      String text =
          Optional.ofNullable(
                  client.getSecretValue(request -> request.secretId(secretId)).secretString())
              .orElse("");
      return new CachedSecret(
          text.isBlank() ? new Lookup.Missing(secretId) : new Lookup.Found(text), now, now);
    } catch (ResourceNotFoundException e) {
      return new CachedSecret(new Lookup.Missing(secretId), now, now);
    } catch (SdkException e) {
      return last != null
              && last.answer() instanceof Lookup.Found
              && isWithin(MAX_STALENESS, last.answered(), now)
          ? new CachedSecret(last.answer(), now, last.answered())
          : new CachedSecret(
              new Lookup.Unavailable(secretId, e.getClass().getSimpleName()), now, now);
    }
  }
}
