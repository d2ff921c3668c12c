package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import agentpost.catalog.HmacAlgorithm;
import agentpost.catalog.HmacFormat;
import agentpost.catalog.SignatureEncoding;
import agentpost.catalog.SignedText;
import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.ingest.SourceVerification.Stale;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A source that the catalog describes: its own header, prefix, encoding, algorithm, signed text and
 * timestamp.
 */
class HmacVerifierTest {
  private static final long SENT = 1_614_265_330;
  private static final String BODY = "{\"a\":1}";

  /**
   * {@code printf '%s' '1614265330.{"a":1}' | openssl dgst -sha512 -hmac generic-key -binary |
   * base64 -w0}.
   */
  private static final String SIGNATURE =
      "s=tws+gsFyncLbxJal5XisNdWordg7e1FLXB3uE37L71/BY53bLGrBlo88HepoEGiBrWtxv6Ugx/5/yoMoNlecfQ==";

  private static final HmacFormat FORMAT =
      new HmacFormat(
          "X-Crm-Signature",
          "s=",
          SignatureEncoding.BASE64,
          HmacAlgorithm.SHA512,
          SignedText.of("{timestamp}.{body}"),
          Optional.of("X-Crm-Time"));

  private static SourceVerification verify(Delivery delivery, long now) {
    return delivery.heldAgainst(
        new HmacVerifier(FORMAT, Delivery.secrets("generic-key"), Delivery.asOf(now)));
  }

  @Test
  void acceptsWhatWasSignedAsDescribed() {
    assertInstanceOf(
        Accepted.class,
        verify(
            new Delivery(BODY).with("X-Crm-Signature", SIGNATURE).with("X-Crm-Time", "1614265330"),
            SENT));
  }

  @Test
  void refusesAnotherTimestampThanWasSigned() {
    assertEquals(
        new BadSignature(),
        verify(
            new Delivery(BODY).with("X-Crm-Signature", SIGNATURE).with("X-Crm-Time", "1614265331"),
            SENT));
  }

  @Test
  void refusesAStaleOne() {
    assertInstanceOf(
        Stale.class,
        verify(
            new Delivery(BODY).with("X-Crm-Signature", SIGNATURE).with("X-Crm-Time", "1614265330"),
            SENT + 301));
  }

  @Test
  void refusesOneWithoutItsPrefix() {
    assertInstanceOf(
        Malformed.class,
        verify(
            new Delivery(BODY)
                .with("X-Crm-Signature", SIGNATURE.substring(2))
                .with("X-Crm-Time", "1614265330"),
            SENT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{timestamp}", "{body}{body}", "{body}.{id}", "{ body}", "{body}}"})
  void takesNoDescriptionThatDoesNotSignTheBodyOnce(String template) {
    assertThrows(IllegalArgumentException.class, () -> SignedText.of(template));
  }

  @Test
  void takesNoTimestampThatIsNotSignedAndNoneThatIsSignedWithoutAHeader() {
    assertThrows(
        IllegalArgumentException.class,
        () -> format(SignedText.of("{body}"), Optional.of("X-Time")));
    assertThrows(
        IllegalArgumentException.class,
        () -> format(SignedText.of("{timestamp}{body}"), Optional.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> format(SignedText.of("{timestamp}{body}"), Optional.of(" ")));
  }

  private static HmacFormat format(SignedText signed, Optional<String> timestampHeader) {
    return new HmacFormat(
        "X-Signature", "", SignatureEncoding.HEX, HmacAlgorithm.SHA256, signed, timestampHeader);
  }

  @Test
  void isNotBuiltWithoutASecret() {
    assertThrows(IllegalArgumentException.class, () -> new SourceSecrets(List.of()));
    assertThrows(IllegalArgumentException.class, () -> new SourceSecrets(List.of("")));
    assertThrows(IllegalArgumentException.class, () -> new SourceSecrets(List.of("good", " ")));
  }

  @Test
  void doesNotShowItsSecrets() {
    assertEquals("SourceSecrets(2)", Delivery.secrets("generic-key", "another").toString());
  }
}
