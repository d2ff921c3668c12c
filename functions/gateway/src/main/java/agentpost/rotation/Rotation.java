package agentpost.rotation;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.secrets.StoredSecret;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.KeySet;
import agentpost.signing.PublicHalf;
import agentpost.signing.SignatureScheme;
import agentpost.signing.Signer;
import agentpost.signing.SigningKey;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * The steps of a rotation as Secrets Manager has them (user guide, "Lambda rotation functions").
 * Each may be run again after any crash, its own too: what it finds done it leaves. The version
 * that becomes current has the one before in it, for as long as the overlap lasts (ADR 16).
 */
final class Rotation {
  static final String CURRENT = "AWSCURRENT";
  static final String PENDING = "AWSPENDING";

  /** What a version with a shorter overlap is called until it is current. */
  private static final String RETIRING = "AGENTPOST_RETIRING";

  /**
   * Longer than a function keeps a secret without asking again: who signs with the previous one
   * alone, in its last minute, is one of ours.
   */
  private static final Duration GRACE_PERIOD = Duration.ofMinutes(2);

  private final SecretsManagerClient client;
  private final SecureRandom random;
  private final Clock clock;

  /**
   * @param clock that overlaps are measured with
   */
  Rotation(SecretsManagerClient client, SecureRandom random, Clock clock) {
    this.client = client;
    this.random = random;
    this.clock = clock;
  }

  /** One secret and a version of it that is to become current. */
  record Turn(String secretId, String version) {}

  /**
   * Puts a version with a new key and the present one, pending.
   *
   * @param leaked whether an overlap that lasts is no reason to wait: who has the previous secret
   *     alone is refused then
   */
  StepResult create(Turn turn, boolean leaked) {
    SecretMetadata secret = describe(turn.secretId());
    if (secret.isCurrent(turn.version())) {
      return new StepResult.AlreadyCurrent();
    }
    if (hasValue(turn)) {
      return new StepResult.AlreadyPut();
    }
    GetSecretValueResponse current = value(turn.secretId(), CURRENT);
    StoredSecret present = StoredSecret.read(current.secretString());
    Instant ends = present.previousUntil().orElse(current.createdDate().plus(secret.overlap()));
    if (!leaked && present.previous().isPresent() && clock.instant().isBefore(ends)) {
      throw new IllegalStateException(
          "the overlap of the last rotation lasts until "
              + ends
              + "; a rotation now would refuse who still has the previous secret");
    }
    StoredSecret next =
        present.rotateTo(
            secret.scheme().generate(random).secretText(),
            truncateToSeconds(clock.instant().plus(secret.overlap())));
    try {
      client.putSecretValue(
          put ->
              put.secretId(turn.secretId())
                  .clientRequestToken(turn.version())
                  .secretString(next.text())
                  .versionStages(PENDING));
    } catch (ResourceExistsException e) {
      // Another run of this step was faster; its key is as good.
      return new StepResult.AlreadyPut();
    }
    return new StepResult.Put();
  }

  /**
   * Both sides read the secret where it is, or get it from a person during the overlap: there is no
   * service to set it in.
   */
  StepResult set(Turn turn) {
    if (!describe(turn.secretId()).isCurrent(turn.version()) && !hasValue(turn)) {
      throw new IllegalStateException(explainNotPending(turn));
    }
    return new StepResult.NothingToSet();
  }

  /**
   * What can be known before anyone has it: that it signs and verifies, with the present secret
   * beside it, and that the present one has not changed since. The receiver is not asked: it cannot
   * have it yet, and to get it is what the overlap is for.
   */
  StepResult test(Turn turn) {
    SecretMetadata secret = describe(turn.secretId());
    if (secret.isCurrent(turn.version())) {
      return new StepResult.AlreadyCurrent();
    }
    // Secrets Manager tries this step alone when rotation is configured and not begun: "this
    // creates an AWSPENDING version of the secret and then removes it" (API reference,
    // RotateSecret). What is in that version it does not say.
    if (!hasValue(turn) || !isCreatedHere(turn)) {
      return new StepResult.NothingToTest();
    }
    StoredSecret next = check(turn, secret);
    // One moment for both, or a second that ends between them fails the test.
    Clock now = Clock.fixed(clock.instant(), ZoneOffset.UTC);
    List<SigningKey> keys =
        next.live(now.instant()).stream()
            .flatMap(text -> WebhookKeyStore.keys(text, secret.scheme()))
            .toList();
    byte[] body = "{\"test\":true}".getBytes(UTF_8);
    Map<String, List<String>> headers =
        new Signer(new KeySet(keys))
            .standard("rotation", now.instant(), body).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue())));
    for (SigningKey one : keys) {
      if (!(new Verifier(KeySet.of(one), now, Duration.ZERO).verify(headers, body)
          instanceof Verification.Accepted)) {
        throw new IllegalStateException("a key of the new version does not verify what it signed");
      }
    }
    return new StepResult.Tested();
  }

  /**
   * Makes the version current. The label is moved from the version that was read: if another has it
   * meanwhile, Secrets Manager refuses.
   */
  StepResult finish(Turn turn) {
    SecretMetadata secret = describe(turn.secretId());
    boolean already = secret.isCurrent(turn.version());
    if (!already) {
      check(turn, secret);
      client.updateSecretVersionStage(
          move ->
              move.secretId(turn.secretId())
                  .versionStage(CURRENT)
                  .moveToVersionId(turn.version())
                  .removeFromVersionId(secret.with(CURRENT)));
    }
    if (secret.stages(turn.version()).contains(PENDING)) {
      client.updateSecretVersionStage(
          move ->
              move.secretId(turn.secretId())
                  .versionStage(PENDING)
                  .removeFromVersionId(turn.version()));
    }
    return already ? new StepResult.AlreadyCurrent() : new StepResult.MadeCurrent();
  }

  /**
   * Ends an overlap in two minutes: whoever has the previous secret alone is refused from then on.
   */
  StepResult retire(String secretId) {
    GetSecretValueResponse current = value(secretId, CURRENT);
    StoredSecret present = StoredSecret.read(current.secretString());
    Instant end = truncateToSeconds(clock.instant().plus(GRACE_PERIOD));
    if (present.previous().isEmpty()
        || present.previousUntil().filter(until -> !until.isAfter(end)).isPresent()) {
      return new StepResult.NothingToRetire();
    }
    String text = new StoredSecret(present.current(), present.previous(), Optional.of(end)).text();
    String version =
        client
            .putSecretValue(
                put -> put.secretId(secretId).secretString(text).versionStages(RETIRING))
            .versionId();
    client.updateSecretVersionStage(
        move ->
            move.secretId(secretId)
                .versionStage(CURRENT)
                .moveToVersionId(version)
                .removeFromVersionId(current.versionId()));
    client.updateSecretVersionStage(
        move -> move.secretId(secretId).versionStage(RETIRING).removeFromVersionId(version));
    return new StepResult.Retired(end);
  }

  /** Nothing secret. */
  Map<String, String> overview(String secretId) {
    StoredSecret present = StoredSecret.read(value(secretId, CURRENT).secretString());
    SecretMetadata secret = describe(secretId);
    return Map.of(
        "signature",
        secret.scheme().name(),
        "rotation",
        secret.enabled() ? "scheduled" : "by hand",
        "overlap",
        overlap(present),
        "public_key",
        publicKey(present.current(), secret.scheme()));
  }

  /** When the overlap ends; empty for none. */
  String overlap(String secretId) {
    return overlap(StoredSecret.read(value(secretId, CURRENT).secretString()));
  }

  private String overlap(StoredSecret present) {
    return present.live(clock.instant()).size() > 1
        ? present
            .previousUntil()
            .map(Instant::toString)
            .orElse("until the previous secret is retired")
        : "";
  }

  private static String publicKey(String current, SignatureScheme scheme) {
    return WebhookKeyStore.keys(current, scheme)
        .flatMap(key -> key.publicHalf().stream())
        .map(PublicHalf::text)
        .findFirst()
        .orElse("");
  }

  /** The version of a rotation that did not come to its end, or this one. */
  Turn resume(Turn turn) {
    SecretMetadata secret = describe(turn.secretId());
    return secret.versions().entrySet().stream()
        .filter(
            version ->
                version.getValue().contains(PENDING) && !version.getValue().contains(CURRENT))
        .findFirst()
        .map(version -> new Turn(turn.secretId(), version.getKey()))
        .orElse(turn);
  }

  /**
   * Whether the pending version has what the first step puts into one: a key, the one before and
   * when that ends. A copy of the present secret, which has all three during an overlap, is none.
   */
  private boolean isCreatedHere(Turn turn) {
    Optional<String> text = Optional.ofNullable(pending(turn).secretString());
    try {
      return text.map(StoredSecret::read)
          .filter(next -> next.previous().isPresent() && next.previousUntil().isPresent())
          .filter(
              next ->
                  !next.equals(StoredSecret.read(value(turn.secretId(), CURRENT).secretString())))
          .isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private GetSecretValueResponse pending(Turn turn) {
    return client.getSecretValue(
        get -> get.secretId(turn.secretId()).versionId(turn.version()).versionStage(PENDING));
  }

  private StoredSecret check(Turn turn, SecretMetadata secret) {
    StoredSecret next;
    try {
      next = StoredSecret.read(pending(turn).secretString());
    } catch (ResourceNotFoundException e) {
      throw new IllegalStateException(explainNotPending(turn), e);
    }
    StoredSecret present = StoredSecret.read(value(turn.secretId(), CURRENT).secretString());
    if (next.previous().filter(present.current()::equals).isEmpty()) {
      throw new IllegalStateException(
          "the current secret was changed since this rotation began; take AWSPENDING off version "
              + turn.version()
              + " and rotate again");
    }
    // Who has cached the present one must be in time for the new one, and a person who is to
    // install it must have a good part of what was promised.
    Duration left =
        next.previousUntil()
            .map(until -> Duration.between(clock.instant(), until))
            .orElse(Duration.ZERO);
    if (left.compareTo(secret.overlap().dividedBy(2)) < 0) {
      throw new IllegalStateException(
          "this rotation began too long ago, its overlap is more than half over; take AWSPENDING"
              + " off version "
              + turn.version()
              + " and rotate again");
    }
    return next;
  }

  /** A time that people read. */
  private static Instant truncateToSeconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  private static String explainNotPending(Turn turn) {
    return "version " + turn.version() + " is not pending: createSecret comes first";
  }

  private boolean hasValue(Turn turn) {
    try {
      pending(turn);
      return true;
    } catch (ResourceNotFoundException e) {
      return false;
    }
  }

  private GetSecretValueResponse value(String secretId, String stage) {
    return client.getSecretValue(get -> get.secretId(secretId).versionStage(stage));
  }

  private SecretMetadata describe(String secretId) {
    return SecretMetadata.of(client.describeSecret(describe -> describe.secretId(secretId)));
  }
}
