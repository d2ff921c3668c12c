package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.ingest.SourceVerification.Stale;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripeVerifierTest {
  /**
   * Stripe publishes no vector; {@code printf '%s' 1614265330.BODY | openssl dgst -sha256 -hmac
   * whsec_test_secret} gives this one.
   */
  private static final String SECRET = "whsec_test_secret";

  private static final String BODY = "{\"id\": \"evt_1\", \"object\": \"event\"}";
  private static final long SENT = 1_614_265_330;
  private static final String V1 =
      "v1=d8ad0119c04884f963d66fde235b40b6fb9b013e987cbf5471d69f2574a46d8e";
  private static final String OTHER = "v1=" + "0".repeat(64);

  private static SourceVerification verify(String header, String body, long now) {
    return new Delivery(body)
        .with("Stripe-Signature", header)
        .heldAgainst(new StripeProvider().verifier(List.of(SECRET), Delivery.asOf(now)));
  }

  @Test
  void acceptsWhatTheSecretsTextSigned() {
    assertEquals(new Accepted(Optional.empty()), verify("t=1614265330," + V1, BODY, SENT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t=1614265330," + V1 + ",v1=",
        "v0=6ffbb59b,t=1614265330," + V1,
        V1 + ",t=1614265330",
        "t=1614265330, " + V1,
        "t=1614265330,v1=short," + V1
      })
  void acceptsOneFittingSignatureAmongOtherElements(String header) {
    assertInstanceOf(Accepted.class, verify(header, BODY, SENT), header);
  }

  @Test
  void acceptsOneFittingSignatureAmongSeveral() {
    assertInstanceOf(Accepted.class, verify("t=1614265330," + OTHER + ',' + V1, BODY, SENT));
    assertInstanceOf(Accepted.class, verify("t=1614265330," + V1 + ',' + OTHER, BODY, SENT));
    assertInstanceOf(BadSignature.class, verify("t=1614265330," + OTHER + ',' + OTHER, BODY, SENT));
  }

  @Test
  void refusesTheRightSignatureUnderTheSchemeOfTestEvents() {
    assertInstanceOf(Malformed.class, verify("t=1614265330,v0=" + V1.substring(3), BODY, SENT));
    assertInstanceOf(
        BadSignature.class, verify("t=1614265330," + OTHER + ",v0=" + V1.substring(3), BODY, SENT));
  }

  @Test
  void refusesAChangedBody() {
    assertEquals(
        new BadSignature(), verify("t=1614265330," + V1, BODY.replace("evt_1", "evt_2"), SENT));
  }

  @Test
  void refusesARecordedRequestWithAFreshTimestamp() {
    assertEquals(new BadSignature(), verify("t=1614365330," + V1, BODY, SENT + 100_000));
  }

  @Test
  void holdsTheTimestampToFiveMinutesEitherWay() {
    for (long off : new long[] {-300, 300}) {
      assertInstanceOf(Accepted.class, verify("t=1614265330," + V1, BODY, SENT + off));
    }
    for (long off : new long[] {-301, 301}) {
      assertEquals(
          new Stale(Instant.ofEpochSecond(SENT), TimestampPolicy.DEFAULT_TOLERANCE),
          verify("t=1614265330," + V1, BODY, SENT + off));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "t=1614265330",
        V1,
        "t=,v1=",
        "t=NaN," + V1,
        "t=-1614265330," + V1,
        "t=1614265330,t=1614265330," + V1,
        "T=1614265330," + V1,
        "t=1614265330;" + V1,
        "t=1614265330,v1=d8ad"
      })
  void refusesAHeaderOfAnotherShape(String header) {
    assertInstanceOf(Malformed.class, verify(header, BODY, SENT), header);
  }

  @Test
  void refusesAHeaderWithoutEnd() {
    assertEquals(
        new Malformed("Stripe-Signature has more than 32 elements"),
        verify("t=1614265330," + V1 + ",v1=0".repeat(100_000), BODY, SENT));
  }
}
