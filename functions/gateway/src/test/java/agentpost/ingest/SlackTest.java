package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.ingest.SourceVerification.Stale;
import agentpost.ingest.SourceVerification.Unsigned;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlackTest {
  /** The worked example of "Verifying requests from Slack". */
  private static final String SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

  private static final long SENT = 1_531_420_618;
  private static final String SIGNATURE =
      "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
  private static final String BODY =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
          + "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
          + "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

  private static SourceVerification verify(
      String timestamp, String signature, String body, long now) {
    return new Delivery(body)
        .with("X-Slack-Request-Timestamp", timestamp)
        .with("X-Slack-Signature", signature)
        .heldAgainst(new SlackProvider().verifier(List.of(SECRET), Delivery.asOf(now)));
  }

  @Test
  void acceptsTheWorkedExample() {
    assertEquals(new Accepted(Optional.empty()), verify("1531420618", SIGNATURE, BODY, SENT));
  }

  @ParameterizedTest
  @ValueSource(longs = {-300, 300})
  void acceptsUpToFiveMinutesEitherWay(long off) {
    assertInstanceOf(Accepted.class, verify("1531420618", SIGNATURE, BODY, SENT + off));
  }

  @ParameterizedTest
  @ValueSource(longs = {-301, 301, 86_400})
  void refusesBeyondFiveMinutes(long off) {
    assertEquals(
        new Stale(Instant.ofEpochSecond(SENT), TimestampPolicy.DEFAULT_TOLERANCE),
        verify("1531420618", SIGNATURE, BODY, SENT + off));
  }

  @Test
  void refusesARecordedRequestWithAFreshTimestamp() {
    assertEquals(new BadSignature(), verify("1531430618", SIGNATURE, BODY, SENT + 10_000));
  }

  @Test
  void refusesAChangedBody() {
    assertEquals(new BadSignature(), verify("1531420618", SIGNATURE, BODY + "&", SENT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1531420618",
        "+1531420618",
        "1531420618.0",
        "1531420618000000",
        "now",
        "١٥٣١٤٢٠٦١٨"
      })
  void refusesATimestampThatIsNoWholeSeconds(String timestamp) {
    assertEquals(
        new Malformed(
            "X-Slack-Request-Timestamp must be whole seconds since 1970, in at most 12 digits"),
        verify(timestamp, SIGNATURE, BODY, SENT));
  }

  @Test
  void refusesTheSignatureOfAnotherVersion() {
    assertInstanceOf(
        Malformed.class, verify("1531420618", "v1" + SIGNATURE.substring(2), BODY, SENT));
  }

  @Test
  void refusesARequestWithoutATimestamp() {
    Delivery delivery = new Delivery(BODY).with("X-Slack-Signature", SIGNATURE);
    assertEquals(
        new Unsigned("there is no X-Slack-Request-Timestamp, which X-Slack-Signature signs"),
        delivery.heldAgainst(new SlackProvider().verifier(List.of(SECRET), Delivery.asOf(SENT))));
  }
}
