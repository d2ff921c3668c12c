package agentpost.cli.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import org.junit.jupiter.api.Test;

/** sign: what it writes, and what it does not sign. */
class SignTest extends SigningTestBed {
  @Test
  void signsTheReferenceVector() {
    assertEquals(
        new Run(
            0,
            "webhook-id: "
                + ID
                + "\nwebhook-timestamp: "
                + SENT
                + "\nwebhook-signature: "
                + SIGNATURE
                + "\n",
            ""),
        sign("--scheme", "standard", "--secret", SECRET, "--id", ID, "--timestamp", SENT));
  }

  @Test
  void signsThePlainSchemeWithTheSecretsTextAsKey() {
    assertEquals(
        new Run(0, "X-Webhook-Signature: sha256=" + PLAIN + "\n", ""),
        sign("--scheme", "x-webhook-signature", "--secret", SECRET));
  }

  @Test
  void signsWithEachOfSeveralSecrets() {
    Run run =
        sign(
            "--scheme",
            "standard",
            "--secret",
            OTHER,
            "--secret",
            SECRET,
            "--id",
            ID,
            "--timestamp",
            SENT);
    assertThat(run.out())
        .containsPattern("webhook-signature: v1,[A-Za-z0-9+/=]{44} \\Q" + SIGNATURE + "\\E\n");
  }

  @Test
  void signsAsOfNowUnlessGivenATime() {
    long before = System.currentTimeMillis() / 1000;
    Run run = sign("--scheme", "standard", "--secret", SECRET, "--id", ID);
    long sent = Long.parseLong(run.out().replaceAll("(?s).*webhook-timestamp: (\\d+).*", "$1"));
    assertThat(sent).isBetween(before, before + 60);
  }

  @Test
  void doesNotSignWithoutAnId() {
    Run run = sign("--scheme", "standard", "--secret", SECRET, "--timestamp", SENT);
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("'--id=ID'");
  }

  @Test
  void doesNotSignAnIdThatCannotStandInAHeader() {
    Run run =
        sign("--scheme", "standard", "--secret", SECRET, "--id", "two\nlines", "--timestamp", SENT);
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("webhook-id must be visible ASCII");
    assertThat(run.out()).isEmpty();
  }
}
