package agentpost.cli.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where sign and verify take their secrets from. */
class SecretOptionsTest extends SigningTestBed {
  private static String file(Path directory, String text) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "secret", ".txt"), text).toString();
  }

  /** As editors and {@code aws … > secret.txt} write files. */
  @ParameterizedTest
  @ValueSource(strings = {SECRET, SECRET + "\n", SECRET + "\r\n", "  " + SECRET + " \n\n"})
  void takesASecretFromAFileWithoutItsLineEnd(String text, @TempDir Path directory)
      throws IOException {
    String file = file(directory, text);
    assertThat(sign("--scheme", "standard", "--secret-file", file, "--id", ID, "--timestamp", SENT))
        .isEqualTo(
            sign("--scheme", "standard", "--secret", SECRET, "--id", ID, "--timestamp", SENT));
    assertEquals(
        new Run(0, "X-Webhook-Signature: sha256=" + PLAIN + "\n", ""),
        sign("--scheme", "x-webhook-signature", "--secret-file", file));
    Verify verify = new Verify();
    verify.secrets = List.of();
    verify.more.addAll(List.of("--secret-file", file));
    assertEquals(new Run(0, "accepted\n", ""), verify.run());
  }

  @Test
  void theOrderOfSecretsIsThatOfTheCommandLineWhereverTheyComeFrom(@TempDir Path directory)
      throws IOException {
    Run expected =
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
    assertEquals(0, expected.exitCode());
    assertEquals(
        expected,
        sign(
            "--scheme",
            "standard",
            "--secret-file",
            file(directory, OTHER),
            "--secret",
            SECRET,
            "--id",
            ID,
            "--timestamp",
            SENT));
    assertEquals(
        expected,
        sign(
            "--scheme",
            "standard",
            "--secret",
            OTHER,
            "--id",
            ID,
            "--secret-file",
            file(directory, SECRET),
            "--timestamp",
            SENT));
  }

  /** A secret that was typed where a name belongs is not shown. */
  @Test
  void saysWhyThereIsNoSecretAndNotWhatWasTyped(@TempDir Path directory) throws IOException {
    String latin1 =
        Files.write(directory.resolve("latin1.txt"), new byte[] {'p', (byte) 0xe4}).toString();
    for (String command : List.of("sign", "verify")) {
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-file", SECRET),
          "'--secret-file': the file cannot be read: there is no such file");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-file", directory.toString()),
          "'--secret-file': the file cannot be read");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-file", latin1),
          "'--secret-file': the file is not UTF-8");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-file", file(directory, "\n")),
          "'--secret-file': A webhook secret is whsec_");
      assertRefused(
          Run.of(
              BODY,
              command,
              "--scheme",
              "x-webhook-signature",
              "--secret-file",
              file(directory, "\n")),
          "'--secret-file': A webhook secret must not be empty");
      assertRefused(
          Run.of(
              BODY,
              command,
              "--scheme",
              "standard",
              "--secret-file",
              file(directory, "whsec_AAAA\n")),
          "'--secret-file': A webhook secret is whsec_");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard", "--secret-env", SECRET),
          "'--secret-env': there is no such environment variable");
      assertRefused(
          Run.of(BODY, command, "--scheme", "x-webhook-signature", "--secret", "p\ufffdssword"),
          "'--secret': it is not in the encoding of this locale");
      assertRefused(
          Run.of(BODY, command, "--scheme", "standard"),
          "'--secret-file=FILE', '--secret-env=NAME' or '--secret=SECRET'");
    }
    assertRefused(
        Run.of(BODY, "verify", "--scheme", "github", "--secret-file", file(directory, " \n")),
        "'--secret-file': A source's secret must not be empty");
  }

  private static void assertRefused(Run run, String why) {
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.err()).contains(why).doesNotContain(SECRET, SECRET.substring(6));
    assertEquals("", run.out());
  }
}
