package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.HmacAlgorithm;
import agentpost.catalog.HmacFormat;
import agentpost.catalog.SignatureEncoding;
import agentpost.catalog.SignedText;
import agentpost.signing.Hmac;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * While a secret is changed some senders sign with both: one that fits is enough, wherever it
 * stands, in every scheme.
 */
class SeveralSignaturesTest {
  private static final String BODY = "{\"a\":1}";
  private static final long NOW = 1_614_265_330;
  private static final SourceSecrets SECRETS = Delivery.secrets("the secret");
  private static final String URL = "https://agentpost.example.com/ingest/source";

  /**
   * @param element one signature as its header has it
   */
  private record Scheme(
      String name, String header, String element, String wrong, SourceVerifier verifier) {
    SourceVerification verify(String value) {
      return new Delivery(BODY)
          .at(URL)
          .with(header, value)
          .with("X-Slack-Request-Timestamp", Long.toString(NOW))
          .with("X-Time", Long.toString(NOW))
          .heldAgainst(verifier);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static String hex(HmacAlgorithm algorithm, String text) {
    return HexFormat.of()
        .formatHex(
            Hmac.of(algorithm.macName(), "the secret".getBytes(UTF_8), text.getBytes(UTF_8)));
  }

  private static String base64(HmacAlgorithm algorithm, String text) {
    return Base64.getEncoder()
        .encodeToString(
            Hmac.of(algorithm.macName(), "the secret".getBytes(UTF_8), text.getBytes(UTF_8)));
  }

  private static Scheme described(
      String prefix, SignatureEncoding encoding, HmacAlgorithm algorithm) {
    HmacFormat format =
        new HmacFormat(
            "X-Sign", prefix, encoding, algorithm, SignedText.of("{body}"), Optional.empty());
    String right =
        encoding == SignatureEncoding.HEX ? hex(algorithm, BODY) : base64(algorithm, BODY);
    String wrong = encoding == SignatureEncoding.HEX ? hex(algorithm, "x") : base64(algorithm, "x");
    return new Scheme(
        "described " + prefix,
        "X-Sign",
        prefix + right,
        prefix + wrong,
        new HmacVerifier(format, SECRETS, Delivery.asOf(NOW)));
  }

  static List<Scheme> schemes() {
    String empty = hex(HmacAlgorithm.SHA256, "x");
    return List.of(
        new Scheme(
            "github",
            "X-Hub-Signature-256",
            "sha256=" + hex(HmacAlgorithm.SHA256, BODY),
            "sha256=" + empty,
            new GitHubProvider().verifier(List.of("the secret"), Delivery.asOf(0))),
        new Scheme(
            "slack",
            "X-Slack-Signature",
            "v0=" + hex(HmacAlgorithm.SHA256, "v0:" + NOW + ":" + BODY),
            "v0=" + empty,
            new SlackProvider().verifier(List.of("the secret"), Delivery.asOf(NOW))),
        new Scheme(
            "shopify",
            "X-Shopify-Hmac-Sha256",
            base64(HmacAlgorithm.SHA256, BODY),
            base64(HmacAlgorithm.SHA256, "x"),
            new ShopifyProvider().verifier(List.of("the secret"), Delivery.asOf(0))),
        new Scheme(
            "twilio",
            "X-Twilio-Signature",
            base64(HmacAlgorithm.SHA1, URL + BODY),
            base64(HmacAlgorithm.SHA1, "x"),
            new TwilioProvider().verifier(List.of("the secret"), Delivery.asOf(0))),
        // As PagerDuty has it; as Microsoft Teams' Authorization has it; as Standard Webhooks
        // writes its own.
        described("v1=", SignatureEncoding.HEX, HmacAlgorithm.SHA256),
        described("HMAC ", SignatureEncoding.BASE64, HmacAlgorithm.SHA256),
        described("v1,", SignatureEncoding.BASE64, HmacAlgorithm.SHA512),
        described("", SignatureEncoding.HEX, HmacAlgorithm.SHA1));
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void anyOneThatFitsIsEnough(Scheme scheme) {
    String right = scheme.element();
    String wrong = scheme.wrong();
    for (String between : List.of(",", ", ", " ", ";", " ,\t")) {
      for (List<String> all :
          List.of(
              List.of(wrong, right),
              List.of(right, wrong),
              List.of("t=5", right),
              List.of("another=thing", wrong, right, "v9=zz"))) {
        String header = String.join(between, all);
        assertThat(scheme.verify(header))
            .as(header)
            .isInstanceOf(SourceVerification.Accepted.class);
      }
      assertThat(scheme.verify(wrong + between + wrong))
          .isInstanceOf(SourceVerification.BadSignature.class);
    }
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void moreThanAnyoneHasAreNotLookedAt(Scheme scheme) {
    String many =
        String.join(",", Collections.nCopies(40, scheme.wrong())) + "," + scheme.element();
    assertThat(scheme.verify(many)).isInstanceOf(SourceVerification.Malformed.class);
    assertThat(scheme.verify(scheme.element() + "," + "x".repeat(9000)))
        .isEqualTo(
            new SourceVerification.Malformed(scheme.header() + " has more than 8192 characters"));
  }

  /** The agents' and processors' doors take it of the plain scheme too. */
  @ParameterizedTest
  @ValueSource(strings = {"%2$s,%1$s", "%1$s, %2$s", "sha256=short,%1$s", "%1$s"})
  void soItIsWithThePlainHeader(String form) {
    KeySet secrets = KeySet.of(WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    String right = new Signer(secrets).signPlain(BODY.getBytes(UTF_8)).firstEntry().getValue();
    Verifier verifier =
        new Verifier(
            secrets, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), Verifier.DEFAULT_TOLERANCE);
    String value = String.format(Locale.ROOT, form, right, "sha256=" + "0".repeat(64));
    assertThat(verifier.verify(Map.of("X-Webhook-Signature", List.of(value)), BODY.getBytes(UTF_8)))
        .isInstanceOf(Verification.Accepted.class);
  }

  @Test
  void theHeaderOfStandardWebhooksHasAnEndToo() {
    KeySet secrets = KeySet.of(WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    Delivery delivery = new Delivery(BODY);
    new Signer(secrets)
        .standard("msg_1", Instant.ofEpochSecond(NOW), delivery.body())
        .forEach(delivery::with);
    assertThat(delivery.heldAgainst(new StandardVerifier(secrets, Delivery.asOf(NOW))))
        .isInstanceOf(SourceVerification.Accepted.class);
    delivery.with("webhook-signature", "v1," + "A".repeat(9000));
    assertThat(delivery.heldAgainst(new StandardVerifier(secrets, Delivery.asOf(NOW))))
        .isEqualTo(
            new SourceVerification.Malformed("webhook-signature has more than 8192 characters"));
  }
}
