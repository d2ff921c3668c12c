package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code ./agentpost} where the locale has no encoding, as in containers, cron and build servers:
 * arguments and output are UTF-8 all the same.
 */
class LocaleIT {
  private static final byte[] BODY = "{}".getBytes(UTF_8);

  @TempDir private Path directory;

  /**
   * The script's bytes as a shell gets them: what the JVM of this test makes of an argument depends
   * on its own locale.
   */
  private String run(String locale, String script) throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("script.sh"), script);
    Path body = Files.write(directory.resolve("body.json"), BODY);
    Path out = directory.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-eu", file.toString())
            .directory(Launcher.HOME.toFile())
            .redirectError(Redirect.DISCARD)
            .redirectInput(body.toFile())
            .redirectOutput(out.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    if (!locale.equals("none")) {
      builder.environment().put("LC_ALL", locale);
    }
    builder.environment().put("AGENTPOST_NO_BUILD", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "still running");
    return Files.readString(out, UTF_8);
  }

  private static String signed(String secret) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    return "X-Webhook-Signature: sha256=" + HexFormat.of().formatHex(mac.doFinal(BODY)) + "\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "none", "xx_YY.UTF-8", "C.UTF-8"})
  void aSecretIsTheSameWhereverItComesFromInAnyLocale(String locale) throws Exception {
    String sign = "./agentpost sign --scheme x-webhook-signature ";
    String expected = signed("pässwörd–🔑");
    assertEquals(expected, run(locale, sign + "--secret 'pässwörd–🔑'"));
    assertEquals(expected, run(locale, "SECRET='pässwörd–🔑' " + sign + "--secret-env SECRET"));
    assertEquals(
        expected,
        run(
            locale,
            "cd \"$(mktemp -d)\"; printf 'pässwörd–🔑\\n' > 'schlüssel'; "
                + Launcher.HOME
                + sign.substring(1)
                + "--secret-file schlüssel; rm -r \"$PWD\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "none", "xx_YY.UTF-8", "C.UTF-8"})
  void whatIsPrintedIsUtf8InAnyLocale(String locale) throws Exception {
    assertThat(
            run(
                locale,
                "./agentpost verify --header 'Grüße' --scheme standard --secret"
                    + " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw extra-words 2>&1 || true"))
        .contains("…")
        .doesNotContain("?");
  }

  /**
   * Bytes of Latin-1 in a UTF-8 locale are no text: to sign with what they become would be to sign
   * wrong.
   */
  @Test
  void whatIsNoTextInTheLocaleIsRefused() throws Exception {
    String script =
        "./agentpost sign --scheme x-webhook-signature --secret \"$(printf 'p\\344sswort')\" 2>&1"
            + " || echo \"ended with $?\"";
    assertThat(run("C.UTF-8", script))
        .contains("'--secret'", "encoding of this locale", "--secret-file", "ended with 2")
        .doesNotContain("X-Webhook-Signature", "sswort");
  }
}
