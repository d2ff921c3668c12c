package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.HmacFormat;
import agentpost.signing.KeySet;
import agentpost.signing.WebhookSecret;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What anyone may send costs the hash of its body; nothing is sorted, split or decoded for a
 * stranger that has no end.
 */
class BoundsTest {
  private static final int MEBIBYTE = 1024 * 1024;
  private static final long NOW = 1_614_265_330;
  private static final String FORGED_20 = Base64.getEncoder().encodeToString(new byte[20]);
  private static final String FORGED_HEX = HexFormat.of().formatHex(new byte[32]);

  private record Flood(String name, SourceVerifier verifier, SignedRequest received) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Flood flood(
      String name,
      SourceVerifier verifier,
      String body,
      Map<String, List<String>> query,
      String... headers) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], List.of(headers[i + 1]));
    }
    return new Flood(
        name,
        verifier,
        new SignedRequest(
            SignedUrlCandidates.of("https://agentpost.example.com/ingest/x", query),
            all,
            body.getBytes(UTF_8)));
  }

  static List<Flood> floods() {
    SourceSecrets secrets = new SourceSecrets(List.of("one", "two"));
    TimestampPolicy fresh =
        new TimestampPolicy(
            Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC),
            TimestampPolicy.DEFAULT_TOLERANCE);
    SourceVerifier twilio = new TwilioProvider().verifier(List.of("one", "two"), fresh);
    SourceVerifier standard =
        new StandardVerifier(
            KeySet.of(WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")), fresh);
    String json = "[".repeat(MEBIBYTE);
    Map<String, List<String>> none = Map.of();
    String now = Long.toString(NOW);
    // 200,000 parameters, as in the report of it; other separators; one name 200,000 times.
    String parameters =
        IntStream.range(0, 160_000).mapToObj(i -> "p" + i).collect(Collectors.joining("&"));
    Map<String, List<String>> query =
        IntStream.range(0, 50_000)
            .boxed()
            .collect(Collectors.toMap(i -> "q" + i, _ -> List.of("x")));
    return List.of(
        flood("twilio form", twilio, parameters, none, "X-Twilio-Signature", FORGED_20),
        flood(
            "twilio one name", twilio, "a&".repeat(500_000), none, "X-Twilio-Signature", FORGED_20),
        flood("twilio form without a signature", twilio, parameters, none, "X-Other", "x"),
        flood("twilio query", twilio, "a=b", query, "X-Twilio-Signature", FORGED_20),
        flood(
            "twilio signatures",
            twilio,
            "a=b",
            none,
            "X-Twilio-Signature",
            (FORGED_20 + ",").repeat(30_000)),
        flood(
            "github",
            new HmacVerifier(HmacFormat.GITHUB, secrets, fresh),
            json,
            none,
            "X-Hub-Signature-256",
            ("sha256=" + FORGED_HEX + ",").repeat(10_000)),
        flood(
            "github nesting",
            new HmacVerifier(HmacFormat.GITHUB, secrets, fresh),
            json,
            none,
            "X-Hub-Signature-256",
            "sha256=" + FORGED_HEX),
        flood(
            "slack",
            new HmacVerifier(HmacFormat.SLACK, secrets, fresh),
            json,
            none,
            "X-Slack-Signature",
            "v0=" + FORGED_HEX,
            "X-Slack-Request-Timestamp",
            "1".repeat(MEBIBYTE)),
        flood(
            "stripe",
            new StripeVerifier(secrets, fresh),
            json,
            none,
            "Stripe-Signature",
            "t=" + now + (",v1=" + FORGED_HEX).repeat(10_000)),
        flood(
            "standard",
            standard,
            json,
            none,
            "webhook-id",
            "a",
            "webhook-timestamp",
            now,
            "webhook-signature",
            "v1,x ".repeat(200_000)),
        flood(
            "svix",
            standard,
            json,
            none,
            "svix-id",
            "a".repeat(MEBIBYTE),
            "svix-timestamp",
            now,
            "svix-signature",
            "v1,x"));
  }

  /** Allocation tells of work without a clock; the body itself is there already. */
  @ParameterizedTest
  @MethodSource("floods")
  void aStrangerCostsNoMoreThanTheHashOfWhatItSent(Flood flood) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    assertThat(flood.verifier().verify(flood.received()))
        .as("once, for the classes")
        .isNotInstanceOf(SourceVerification.Accepted.class);
    long before = threads.getCurrentThreadAllocatedBytes();
    SourceVerification verification = flood.verifier().verify(flood.received());
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(verification).isNotInstanceOf(SourceVerification.Accepted.class);
    assertThat(allocated).isLessThan(4L * MEBIBYTE);
  }
}
