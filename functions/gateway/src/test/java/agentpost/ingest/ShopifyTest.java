package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShopifyTest {
  /**
   * Shopify publishes no vector; {@code openssl dgst -sha256 -hmac hush -binary | base64} gives
   * this one.
   */
  private static final String BODY = "{\"id\":820982911946154508}";

  private static final String SIGNATURE = "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=";

  private static SourceVerification verify(String secret, String signature, String body) {
    return new Delivery(body)
        .with("X-Shopify-Hmac-SHA256", signature)
        .heldAgainst(new ShopifyProvider().verifier(List.of(secret), Delivery.asOf(0)));
  }

  @Test
  void acceptsWhatTheSecretSigned() {
    assertEquals(new Accepted(Optional.empty()), verify("hush", SIGNATURE, BODY));
  }

  @Test
  void refusesAnotherSecret() {
    assertEquals(new BadSignature(), verify("Hush", SIGNATURE, BODY));
  }

  @Test
  void refusesAChangedBody() {
    assertEquals(new BadSignature(), verify("hush", SIGNATURE, BODY + "\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256=" + SIGNATURE,
        "qBvrsZF7",
        "a81bebb1917b45f075892e815fa207a894e9e4bf75d4fee29ed9cf7933ec1f42",
        "*BvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I="
      })
  void refusesASignatureThatIsNot32BytesInBase64(String signature) {
    assertInstanceOf(Malformed.class, verify("hush", signature, BODY));
  }
}
