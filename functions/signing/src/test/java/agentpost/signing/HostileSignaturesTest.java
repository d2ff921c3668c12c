package agentpost.signing;

import static agentpost.hostile.FuzzInputs.assertReadsWithoutGoingBack;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.hostile.FuzzInputs;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostileSignaturesTest {
  private static final KeySet SECRETS =
      KeySet.of(WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  private static final Instant NOW = Instant.ofEpochSecond(1614265330);
  private static final Verifier VERIFIER =
      new Verifier(SECRETS, Clock.fixed(NOW, ZoneOffset.UTC), Verifier.DEFAULT_TOLERANCE);
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);

  @Provide
  Arbitrary<Map<String, List<String>>> headers() {
    return FuzzInputs.headers(
        "webhook-id",
        "Webhook-Timestamp",
        "webhook-signature",
        "WEBHOOK-SIGNATURE",
        "X-Webhook-Signature",
        "webhook-");
  }

  @Property
  void noHeadersThatNobodySignedAreAccepted(
      @ForAll("headers") Map<String, List<String>> headers,
      @ForAll(supplier = FuzzInputs.Bodies.class) byte[] body) {
    assertThat(VERIFIER.verify(headers, body))
        .isNotNull()
        .isNotInstanceOf(Verification.Accepted.class);
  }

  @Property
  void noTextBesideASignatureMakesAnotherBodyAccepted(
      @ForAll(supplier = FuzzInputs.Texts.class) String noise,
      @ForAll(supplier = FuzzInputs.Bodies.class) byte[] body) {
    Map<String, List<String>> headers = new HashMap<>();
    new Signer(SECRETS)
        .standard("msg_1", NOW, BODY)
        .forEach(
            (name, value) ->
                headers.put(
                    name,
                    List.of(
                        name.equals("webhook-signature")
                            ? noise + " " + value + " " + noise
                            : value)));
    assertThat(VERIFIER.verify(headers, body)).isNotInstanceOf(Verification.Accepted.class);
  }

  @Property
  void whatIsNoSecretIsRefusedWithoutSayingWhatItWas(
      @ForAll(supplier = FuzzInputs.Texts.class) String text) {
    try {
      shown(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasNoCause();
      if (text.length() > 8) {
        assertThat(e.getMessage()).doesNotContain(text);
      }
    }
  }

  private static void shown(String text) {
    assertThat(WebhookSecret.of(text).toString()).doesNotContain(text);
  }

  /** Before the signature is known to be anyone's. */
  @Test
  void headersAreReadWithoutGoingBack() {
    String now = Long.toString(NOW.getEpochSecond());
    assertReadsWithoutGoingBack(
        "",
        "",
        text ->
            VERIFIER.verify(
                Map.of(
                    "webhook-id",
                    List.of(text),
                    "webhook-timestamp",
                    List.of(now),
                    "webhook-signature",
                    List.of(text)),
                BODY));
    assertReadsWithoutGoingBack(
        "v1,a",
        "v1,a",
        text ->
            VERIFIER.verify(
                Map.of(
                    "webhook-id",
                    List.of("a"),
                    "webhook-timestamp",
                    List.of(now),
                    "webhook-signature",
                    List.of(text)),
                BODY));
    assertReadsWithoutGoingBack(
        "", "", text -> VERIFIER.verify(Map.of("X-Webhook-Signature", List.of(text)), BODY));
    assertReadsWithoutGoingBack(
        "",
        "",
        text ->
            VERIFIER.verify(
                Map.of(
                    "webhook-id",
                    List.of("a"),
                    "webhook-timestamp",
                    List.of(text),
                    "webhook-signature",
                    List.of("a")),
                BODY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'%s v1,AAAA'",
        "'v1,AAAA %s'",
        "'v1,AAAA, %s'",
        "'v1,AAAA ,%s'",
        "'v1,AAAA , , v0,x,  %s'",
        "'  %s  '"
      })
  void signaturesStandBetweenSpacesAndCommas(String list) {
    Map<String, List<String>> headers = new HashMap<>();
    new Signer(SECRETS)
        .standard("msg_1", NOW, BODY)
        .forEach(
            (name, value) ->
                headers.put(
                    name,
                    List.of(name.equals("webhook-signature") ? list.formatted(value) : value)));
    assertInstanceOf(Verification.Accepted.class, VERIFIER.verify(headers, BODY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"'%s,'", "',%s'", "'%s,v1,AAAA'", "'v1,AAAA,%s'"})
  void aCommaWithoutASpaceIsPartOfASignature(String list) {
    Map<String, List<String>> headers = new HashMap<>();
    new Signer(SECRETS)
        .standard("msg_1", NOW, BODY)
        .forEach(
            (name, value) ->
                headers.put(
                    name,
                    List.of(name.equals("webhook-signature") ? list.formatted(value) : value)));
    assertInstanceOf(Verification.BadSignature.class, VERIFIER.verify(headers, BODY));
  }
}
