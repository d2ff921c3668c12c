package agentpost.cli.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each scenario is a provider's vector with one thing changed; {@code agentpost.ingest}'s tests say
 * where they are from.
 */
class VerifyThirdPartiesTest {
  /** A command line of verify that is accepted. */
  private record Verify(String scheme, String secret, String body, List<String> more) {
    static Verify of(String scheme, String secret, String body, String... more) {
      return new Verify(scheme, secret, body, List.of(more));
    }

    Verify secret(String other) {
      return new Verify(scheme, other, body, more);
    }

    Verify body(String other) {
      return new Verify(scheme, secret, other, more);
    }

    Verify with(String... added) {
      return new Verify(
          scheme, secret, body, Stream.concat(more.stream(), Stream.of(added)).toList());
    }

    Verify replacing(String value, String other) {
      return new Verify(
          scheme, secret, body, more.stream().map(arg -> arg.replace(value, other)).toList());
    }

    Run run() {
      List<String> args =
          new ArrayList<>(List.of("verify", "--scheme", scheme, "--secret", secret));
      args.addAll(more);
      return Run.of(body.getBytes(UTF_8), args.toArray(String[]::new));
    }
  }

  private static final Verify GITHUB =
      Verify.of(
          "github",
          "It's a Secret to Everybody",
          "Hello, World!",
          "--header",
          "X-Hub-Signature-256:"
              + " sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");

  private static final Verify STRIPE =
      Verify.of(
          "stripe",
          "whsec_test_secret",
          "{\"id\": \"evt_1\", \"object\": \"event\"}",
          "--header",
          "Stripe-Signature: t=1614265330,v1="
              + "0".repeat(64)
              + ",v1=d8ad0119c04884f963d66fde235b40b6fb9b013e987cbf5471d69f2574a46d8e",
          "--at",
          "1614265330");

  private static final Verify SLACK =
      Verify.of(
          "slack",
          "8f742231b10e8888abcd99yyyzzz85a5",
          "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
              + "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
              + "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
          "--header",
          "X-Slack-Request-Timestamp: 1531420618",
          "--header",
          "X-Slack-Signature: v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
          "--at",
          "1531420618");

  private static final Verify SHOPIFY =
      Verify.of(
          "shopify",
          "hush",
          "{\"id\":820982911946154508}",
          "--header",
          "X-Shopify-Hmac-Sha256: qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=");

  private static final Verify TWILIO =
      Verify.of(
          "twilio",
          "12345",
          "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
          "--header",
          "X-Twilio-Signature: RSOYDt4T1cUTdK1PDd93/VVr8B8=",
          "--url",
          "https://mycompany.com/myapp.php?foo=1&bar=2");

  static Stream<Verify> all() {
    return Stream.of(GITHUB, STRIPE, SLACK, SHOPIFY, TWILIO);
  }

  static Stream<Verify> timed() {
    return Stream.of(STRIPE, SLACK);
  }

  @ParameterizedTest
  @MethodSource("all")
  void acceptsTheVector(Verify verify) {
    assertEquals(new Run(0, "accepted\n", ""), verify.run());
  }

  @ParameterizedTest
  @MethodSource("all")
  void acceptsThePreviousSecretDuringARotation(Verify verify) {
    assertEquals(
        0, verify.secret("the next secret").with("--secret", verify.secret()).run().exitCode());
  }

  @ParameterizedTest
  @MethodSource("all")
  void rejectsWhatAnotherSecretSigned(Verify verify) {
    assertEquals(
        new Run(1, "rejected: bad signature: none matches this body and a given secret\n", ""),
        verify.secret(verify.secret() + "1").run());
  }

  @ParameterizedTest
  @MethodSource("all")
  void rejectsABodyWithALineBreakMore(Verify verify) {
    assertEquals(
        new Run(1, "rejected: bad signature: none matches this body and a given secret\n", ""),
        verify.body(verify.body() + "\n").run());
  }

  @ParameterizedTest
  @MethodSource("all")
  void rejectsARequestWithoutItsSignature(Verify verify) {
    Run run = verify.replacing("-Signature", "-Other").replacing("-Hmac-", "-Other-").run();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out()).startsWith("rejected: unsigned: there is no ").hasLineCount(1);
  }

  @ParameterizedTest
  @MethodSource("all")
  void rejectsASignatureThatIsNone(Verify verify) {
    List<String> more =
        verify.more().stream()
            .map(
                arg ->
                    arg.replaceFirst(
                        "^(X-Hub|Stripe|X-Slack|X-Shopify|X-Twilio)(-Signature|-Signature-256|-Hmac-Sha256):"
                            + " .*",
                        "$1$2: ' or 1=1"))
            .toList();
    Run run = new Verify(verify.scheme(), verify.secret(), verify.body(), more).run();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .startsWith("rejected: malformed: ")
        .contains(" must be there once")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @MethodSource("timed")
  void holdsTheTimestampToFiveMinutesEitherWay(Verify verify) {
    long sent = Long.parseLong(verify.more().getLast());
    for (long off : new long[] {-300, 300}) {
      assertEquals(0, at(verify, sent + off).run().exitCode());
    }
    for (long off : new long[] {-301, 301}) {
      assertEquals(
          new Run(1, "rejected: stale: the timestamp " + sent + " is more than 300 s off\n", ""),
          at(verify, sent + off).run());
      assertEquals(0, at(verify, sent + off).with("--tolerance", "301").run().exitCode());
    }
  }

  private static Verify at(Verify verify, long now) {
    List<String> more = new ArrayList<>(verify.more());
    more.set(more.size() - 1, Long.toString(now));
    return new Verify(verify.scheme(), verify.secret(), verify.body(), more);
  }

  @ParameterizedTest
  @MethodSource("timed")
  void rejectsARecordedRequestAsOfNow(Verify verify) {
    List<String> more = verify.more().subList(0, verify.more().size() - 2);
    Run run = new Verify(verify.scheme(), verify.secret(), verify.body(), more).run();
    assertEquals(1, run.exitCode());
    assertThat(run.out()).startsWith("rejected: stale: ");
  }

  @Test
  void oneSchemesSignatureIsNotAnothers() {
    for (Verify signed : all().toList()) {
      for (Verify other :
          all().filter(verify -> !verify.scheme().equals(signed.scheme())).toList()) {
        Verify mixed = new Verify(other.scheme(), signed.secret(), signed.body(), signed.more());
        assertEquals(
            other.scheme().equals("twilio") ? 2 : 1,
            mixed.run().exitCode(),
            signed.scheme() + " as " + other.scheme());
      }
    }
  }

  @Test
  void rejectsTwiliosSignatureOfAnotherUrl() {
    assertEquals(1, TWILIO.replacing("foo=1", "foo=2").run().exitCode());
  }

  @Test
  void asksForTheUrlThatTwilioSigned() {
    Run run =
        Run.of(
            TWILIO.body(),
            "verify",
            "--scheme",
            "twilio",
            "--secret",
            "12345",
            "--header",
            "X-Twilio-Signature: RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("'--url=URL'").contains("--help");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"github", "stripe", "slack", "shopify", "twilio"})
  void takesNoEmptySecret(String scheme) {
    Run run =
        Run.of("", "verify", "--scheme", scheme, "--secret", "", "--url", "https://example.com/");
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("'--secret': A source's secret must not be empty");
  }

  @Test
  void neverPrintsASecret() {
    for (Verify verify : all().toList()) {
      String secret = "hush-hush-" + verify.secret();
      assertThat(verify.secret(secret).run().everything()).doesNotContain("hush-hush");
      assertThat(verify.secret(secret).with("--secret").run().everything())
          .doesNotContain("hush-hush");
    }
  }

  @Test
  void signsForNoThirdParty() {
    Run run = Run.of("", "sign", "--scheme", "github", "--secret", "x");
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("it must be one of standard, x-webhook-signature");
  }

  @Test
  void namesAllSchemesInItsHelp() {
    assertThat(Run.of("", "verify", "--help").out().replaceAll("\\s+", " "))
        .contains("One of standard, x-webhook-signature, github, shopify, slack, stripe, twilio.");
  }

  @Test
  void aSchemeOfAProjectIsUnknown() {
    Run run = Run.of("{}", "verify", "--scheme", "acme", "--secret", "any");
    assertEquals(2, run.exitCode());
    assertThat(run.err())
        .contains("must be one of standard, ", "; the command knows none of a project's own");
  }
}
