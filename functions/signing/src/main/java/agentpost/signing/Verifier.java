package agentpost.signing;

import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Verifies webhooks over their raw bytes, before anything reads them: Standard Webhooks 1.0.0,
 * {@code v1} and {@code v1a}, or the plain {@code X-Webhook-Signature}. If any {@code webhook-*}
 * header is there, those decide: a request cannot be downgraded by taking one of them away. Fails
 * closed: it cannot be built without a secret.
 */
public final class Verifier {
  /**
   * Standard Webhooks leaves the figure open; its reference libraries take five minutes, both ways.
   */
  public static final Duration DEFAULT_TOLERANCE = Duration.ofMinutes(5);

  private static final String PREFIX = "webhook-";
  private static final List<String> STANDARD =
      List.of("webhook-signature", "webhook-id", "webhook-timestamp");
  private static final Pattern TIMESTAMP = Pattern.compile("[0-9]{1,12}");
  private static final Pattern HEX_SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

  /** More than any sender has secrets for; bounds the work a forged header can ask for. */
  public static final int MAX_SIGNATURES = 32;

  /**
   * API Gateway takes 10,240 bytes of headers in all ("Amazon API Gateway quotas"); elsewhere a
   * header could be anything.
   */
  public static final int MAX_HEADER_LENGTH = 8 * 1024;

  private final KeySet secrets;
  private final Clock clock;
  private final Duration tolerance;

  public Verifier(KeySet secrets, Clock clock, Duration tolerance) {
    if (tolerance.isNegative()) {
      throw new IllegalArgumentException("The tolerance must not be negative, got " + tolerance);
    }
    this.secrets = secrets;
    this.clock = clock;
    this.tolerance = tolerance;
  }

  /**
   * @param headers names in any case; every value a name had, in the order they came
   * @param body the exact bytes received
   */
  public Verification verify(Map<String, List<String>> headers, byte[] body) {
    NavigableMap<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach(
        (name, values) ->
            byName.merge(name, values, (a, b) -> Stream.concat(a.stream(), b.stream()).toList()));
    // The first name that is not before the prefix begins with it if any does.
    String first = byName.ceilingKey(PREFIX);
    boolean standard = first != null && first.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
    return standard ? verifyStandard(byName, body) : verifyPlain(byName, body);
  }

  private Verification verifyStandard(Map<String, List<String>> headers, byte[] body) {
    for (String name : STANDARD) {
      if (!headers.containsKey(name)) {
        return new Verification.Unsigned(
            "there is no "
                + name
                + "; Standard Webhooks signs with webhook-id, webhook-timestamp and"
                + " webhook-signature");
      }
    }
    for (String name : STANDARD) {
      if (length(headers.getOrDefault(name, List.of())) > MAX_HEADER_LENGTH) {
        return new Verification.Malformed(
            name + " has more than " + MAX_HEADER_LENGTH + " characters");
      }
    }
    Optional<String> id = singleHeader(headers, "webhook-id");
    Optional<String> timestamp = singleHeader(headers, "webhook-timestamp");
    // Several signature headers are one list, as several signatures in one header are.
    String signatures =
        String.join(" ", headers.getOrDefault("webhook-signature", List.of())).strip();
    if (id.isEmpty() || timestamp.isEmpty() || signatures.isEmpty()) {
      return new Verification.Malformed(
          "webhook-id, webhook-timestamp and webhook-signature must not be empty, and the first two"
              + " be there once");
    }
    if (!TIMESTAMP.matcher(timestamp.get()).matches()) {
      return new Verification.Malformed(
          "webhook-timestamp must be whole seconds since 1970, in at most 12 digits");
    }
    List<String> parts = split(signatures);
    if (parts.size() > MAX_SIGNATURES) {
      return new Verification.Malformed(
          "webhook-signature has more than " + MAX_SIGNATURES + " signatures");
    }
    for (SigningKey key : secrets.live()) {
      if (count(parts, key.version() + ",") > key.maxSignatures()) {
        return new Verification.Malformed(
            "webhook-signature has more than "
                + key.maxSignatures()
                + " signatures of "
                + key.version());
      }
    }
    Instant sentAt = Instant.ofEpochSecond(Long.parseLong(timestamp.get()));
    if (isStale(sentAt)) {
      return new Verification.Stale(sentAt, tolerance);
    }
    return matchesStandard(id.get(), timestamp.get(), parts, body)
        ? new Verification.Accepted(Scheme.STANDARD, id)
        : new Verification.BadSignature(Scheme.STANDARD);
  }

  private static long length(List<String> values) {
    long length = 0;
    for (String value : values) {
      length += value.length();
    }
    return length;
  }

  private static int count(List<String> parts, String prefix) {
    int count = 0;
    for (String part : parts) {
      count += part.startsWith(prefix) ? 1 : 0;
    }
    return count;
  }

  /**
   * At spaces, and at commas beside them, as where several headers were joined. A regular
   * expression that says this goes over a run of commas once for each of them, and anyone may send
   * one.
   */
  private static List<String> split(String signatures) {
    List<String> words = List.of(signatures.split(" "));
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      int from = 0;
      int to = word.length();
      while (i > 0 && from < to && word.charAt(from) == ',') {
        from++;
      }
      while (i < words.size() - 1 && from < to && word.charAt(to - 1) == ',') {
        to--;
      }
      if (from < to) {
        parts.add(word.substring(from, to));
      }
    }
    return parts;
  }

  /**
   * Every signature is held against every key, whether or not one fitted already, so that time
   * tells nothing.
   */
  private boolean matchesStandard(String id, String timestamp, List<String> parts, byte[] body) {
    boolean matches = false;
    for (SigningKey key : secrets.live()) {
      Predicate<String> signed = key.matcher(Signer.signedPrefix(id, timestamp), body);
      for (String part : parts) {
        matches |= signed.test(part);
      }
    }
    return matches;
  }

  private Verification verifyPlain(Map<String, List<String>> headers, byte[] body) {
    if (!headers.containsKey("x-webhook-signature")) {
      return new Verification.Unsigned(
          "there is no signature: neither webhook-signature nor X-Webhook-Signature");
    }
    String header =
        singleHeader(headers, "x-webhook-signature")
            .filter(value -> value.length() <= MAX_HEADER_LENGTH)
            .orElse("");
    String[] parts = header.split(",", MAX_SIGNATURES + 1);
    List<byte[]> signatures =
        Stream.of(parts).flatMap(part -> plainSignature(part.strip()).stream()).toList();
    if (signatures.isEmpty() || parts.length > MAX_SIGNATURES) {
      return new Verification.Malformed(
          "X-Webhook-Signature must be there once, and be sha256= and 64 hex digits, or those"
              + " alone; of several, commas between them, at most "
              + MAX_SIGNATURES);
    }
    boolean matches = false;
    for (WebhookSecret secret : secrets.sharedSecrets()) {
      byte[] expected = Signer.plainSignature(secret, body);
      for (byte[] signature : signatures) {
        matches |= MessageDigest.isEqual(expected, signature);
      }
    }
    return matches
        ? new Verification.Accepted(Scheme.X_WEBHOOK_SIGNATURE, Optional.empty())
        : new Verification.BadSignature(Scheme.X_WEBHOOK_SIGNATURE);
  }

  private static Optional<byte[]> plainSignature(String part) {
    String hex = part.regionMatches(true, 0, "sha256=", 0, 7) ? part.substring(7) : part;
    return HEX_SHA256.matcher(hex).matches()
        ? Optional.of(HexFormat.of().parseHex(hex))
        : Optional.empty();
  }

  /**
   * Exactly at the tolerance is still in time, as in the reference libraries; the clock's fractions
   * of a second do not count.
   */
  private boolean isStale(Instant sentAt) {
    long seconds = Math.abs(clock.instant().getEpochSecond() - sentAt.getEpochSecond());
    return seconds > tolerance.toSeconds();
  }

  private static Optional<String> singleHeader(Map<String, List<String>> headers, String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    return values.size() == 1 && !values.getFirst().isBlank()
        ? Optional.of(values.getFirst().strip())
        : Optional.empty();
  }
}
