package agentpost.cli.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.signing.Ed25519Key;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each scenario is the reference vector with one thing changed. */
class SignAndVerifyTest extends SigningTestBed {
  @ParameterizedTest
  @ValueSource(
      strings = {"NaN", "-5", "1e9", "99999999999999999999", "9223372036854775807", "5 minutes"})
  void takesNoTimeThatIsNotWholeSeconds(String value) {
    Verify at = new Verify();
    at.at = value;
    Verify tolerance = new Verify();
    tolerance.more.addAll(List.of("--tolerance", value));
    Run timestamp =
        sign("--scheme", "standard", "--secret", SECRET, "--id", ID, "--timestamp", value);
    for (Run run : List.of(at.run(), tolerance.run(), timestamp)) {
      assertEquals(2, run.exitCode());
      assertThat(run.err())
          .containsPattern("'--(at|tolerance|timestamp)'.*it must be whole seconds")
          .doesNotContain("Exception", "\tat ");
      assertThat(run.out()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "standard ", "STANDARD", "hmac"})
  void takesNoOtherScheme(String scheme) {
    Verify verify = new Verify();
    verify.scheme = scheme;
    Run run = verify.run();
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("it must be one of standard, x-webhook-signature");
  }

  /** GitHub's published vector ("Validating webhook deliveries"): its secret is a sentence. */
  @Test
  void thePlainSchemesSecretMayBeAnyText() {
    byte[] body = "Hello, World!".getBytes(UTF_8);
    String header =
        "X-Webhook-Signature:"
            + " sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assertEquals(
        new Run(0, header + "\n", ""),
        sign(body, "--scheme", "x-webhook-signature", "--secret", "It's a Secret to Everybody"));
    assertEquals(
        new Run(0, "accepted\n", ""),
        Run.of(
            body,
            "verify",
            "--scheme",
            "x-webhook-signature",
            "--secret",
            "It's a Secret to Everybody",
            "--header",
            header));
    assertEquals(2, sign(body, "--scheme", "x-webhook-signature", "--secret", "").exitCode());
  }

  /** The vector of Standard Webhooks' Go library, libraries/go/webhook_asymmetric_test.go. */
  @Test
  void signsWithAnEd25519KeyAndVerifiesWithItsPublicHalf() {
    String key = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
    String signature =
        "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";
    Run signed =
        Run.of(
            BODY, "sign", "--scheme", "standard", "--secret", key, "--id", ID, "--timestamp", SENT);
    assertThat(signed.out()).contains("webhook-signature: " + signature + "\n");
    Verify verify = new Verify();
    verify.secrets = List.of(Ed25519Key.of(key).publicText());
    verify.headers.set(2, "webhook-signature: " + signature);
    assertEquals("accepted\n", verify.run().out());
    assertEquals(
        "rejected: bad signature: none matches this body and a given secret\n",
        verify.run("{}".getBytes(UTF_8)).out());
    Run unsigned =
        Run.of(
            BODY,
            "sign",
            "--scheme",
            "standard",
            "--secret",
            verify.secrets.getFirst(),
            "--id",
            ID);
    assertEquals(2, unsigned.exitCode());
    assertThat(unsigned.err()).contains("what signs is whsk_");
  }
}
