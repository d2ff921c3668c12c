package agentpost.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.standardwebhooks.Webhook;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierTest {
  /** The vector of the Standard Webhooks reference libraries. */
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final Instant SENT = Instant.ofEpochSecond(1_614_265_330);
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);
  private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  private static final String OTHER = "v1," + Base64.getEncoder().encodeToString(new byte[32]);
  private final KeySet secrets = KeySet.of(WebhookSecret.of(SECRET));

  private Verification verify(String timestamp, String signature, byte[] body, Instant now) {
    Map<String, List<String>> headers =
        Map.of(
            "Webhook-Id",
            List.of(ID),
            "WEBHOOK-TIMESTAMP",
            List.of(timestamp),
            "webhook-signature",
            List.of(signature));
    return verifier(now).verify(headers, body);
  }

  private Verifier verifier(Instant now) {
    return new Verifier(secrets, Clock.fixed(now, ZoneOffset.UTC), Verifier.DEFAULT_TOLERANCE);
  }

  @Test
  void acceptsTheReferenceVector() {
    assertEquals(
        new Verification.Accepted(Scheme.STANDARD, Optional.of(ID)),
        verify(Long.toString(SENT.getEpochSecond()), SIGNATURE, BODY, SENT));
  }

  @Test
  void acceptsOneFittingSignatureAmongSeveral() {
    assertInstanceOf(
        Verification.Accepted.class,
        verify(Long.toString(SENT.getEpochSecond()), OTHER + " v2,abc " + SIGNATURE, BODY, SENT));
    assertInstanceOf(
        Verification.BadSignature.class,
        verify(Long.toString(SENT.getEpochSecond()), OTHER, BODY, SENT));
  }

  @Test
  void refusesABodyChangedInAnyOneByte() {
    for (int i = 0; i < BODY.length; i++) {
      byte[] changed = BODY.clone();
      changed[i] ^= 1;
      assertInstanceOf(
          Verification.BadSignature.class,
          verify(Long.toString(SENT.getEpochSecond()), SIGNATURE, changed, SENT),
          "byte " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-300, 0, 300})
  void acceptsUpToTheTolerance(long off) {
    assertInstanceOf(
        Verification.Accepted.class,
        verify(Long.toString(SENT.getEpochSecond()), SIGNATURE, BODY, SENT.plusSeconds(off)));
  }

  @ParameterizedTest
  @ValueSource(longs = {-401, -301, 301, 401})
  void refusesBeyondTheTolerance(long off) {
    assertInstanceOf(
        Verification.Stale.class,
        verify(Long.toString(SENT.getEpochSecond()), SIGNATURE, BODY, SENT.plusSeconds(off)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "-1", "1.5", "1e9", "99999999999999999999", " ", "0x10"})
  void refusesATimestampThatIsNoWholeSeconds(String timestamp) {
    assertInstanceOf(Verification.Malformed.class, verify(timestamp, SIGNATURE, BODY, SENT));
  }

  @Test
  void takingAStandardHeaderAwayDoesNotFallBackToThePlainScheme() {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    new Signer(secrets)
        .sign(ID, SENT, BODY)
        .forEach((name, value) -> headers.put(name, List.of(value)));
    for (String gone : List.of("webhook-id", "webhook-timestamp", "webhook-signature")) {
      Map<String, List<String>> fewer = new LinkedHashMap<>(headers);
      fewer.remove(gone);
      Verification outcome = verifier(SENT).verify(fewer, BODY);
      assertTrue(
          assertInstanceOf(Verification.Unsigned.class, outcome, gone)
              .why()
              .startsWith("there is no " + gone + ";"),
          gone);
    }
  }

  @Test
  void theOrderOfHeadersDoesNotMatter() {
    List<Map.Entry<String, String>> signed =
        new ArrayList<>(new Signer(secrets).standard(ID, SENT, BODY).entrySet());
    Map<String, List<String>> reordered = new LinkedHashMap<>();
    signed.reversed().forEach(header -> reordered.put(header.getKey(), List.of(header.getValue())));
    assertInstanceOf(Verification.Accepted.class, verifier(SENT).verify(reordered, BODY));
  }

  @Test
  void plainIsTakenWithItsPrefixOrAsBareHexAndAsksForAFreshBody() {
    String prefixed = new Signer(secrets).signPlain(BODY).firstEntry().getValue();
    assertEquals("sha256=", prefixed.substring(0, 7));
    for (String value : List.of(prefixed, prefixed.substring(7))) {
      Verification verification =
          verifier(SENT).verify(Map.of("x-webhook-signature", List.of(value)), BODY);
      assertEquals(
          new Verification.Accepted(Scheme.X_WEBHOOK_SIGNATURE, Optional.empty()), verification);
      assertEquals(true, ((Verification.Accepted) verification).needsFreshBody());
    }
    assertInstanceOf(
        Verification.BadSignature.class,
        verifier(SENT).verify(Map.of("x-webhook-signature", List.of("0".repeat(64))), BODY));
    assertInstanceOf(
        Verification.Malformed.class,
        verifier(SENT).verify(Map.of("x-webhook-signature", List.of("0".repeat(63))), BODY));
  }

  @Test
  void duringRotationEitherSecretVerifies() {
    WebhookSecret previous =
        WebhookSecret.of("whsec_" + Base64.getEncoder().encodeToString(new byte[24]));
    Map<String, List<String>> headers = new LinkedHashMap<>();
    new Signer(KeySet.of(WebhookSecret.of(SECRET), previous))
        .standard(ID, SENT, BODY)
        .forEach((name, value) -> headers.put(name, List.of(value)));
    for (KeySet one : List.of(secrets, KeySet.of(previous))) {
      Verifier verifier =
          new Verifier(one, Clock.fixed(SENT, ZoneOffset.UTC), Verifier.DEFAULT_TOLERANCE);
      assertInstanceOf(Verification.Accepted.class, verifier.verify(headers, BODY));
    }
  }

  /** A peer's signature of the same message. */
  @Test
  void signsAsTheReferenceLibraryDoes() throws Exception {
    assertEquals(
        new Webhook(SECRET).sign(ID, SENT.getEpochSecond(), new String(BODY, UTF_8)),
        new Signer(secrets).standard(ID, SENT, BODY).get("webhook-signature"));
  }

  @Test
  void aSecretDoesNotShowItself() {
    assertEquals("WebhookSecret(24 bytes)", WebhookSecret.of(SECRET).toString());
  }
}
