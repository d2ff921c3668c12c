package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** A secret where it does not belong, or one that is none. */
  static Stream<Arguments> commandLinesWithASecret() {
    return Stream.of(
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secert", SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secert=" + SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secret", "--at", SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", SECRET, "--secret", SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secret", SECRET, "--at", SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secret", SECRET, "--tolerance=" + SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secret", SECRET, "--scheme", SECRET)),
        Arguments.of(SECRET, List.of("verify", "--scheme", "standard", "--secret", SECRET, "--header", SECRET)),
        Arguments.of(SECRET, List.of("verify", "-s" + SECRET, "--scheme", "standard")),
        Arguments.of(SECRET, List.of("verify", "--" + SECRET)),
        Arguments.of(SECRET, List.of("sign", "--scheme", "standard", "--secret", SECRET, "--id", SECRET + " " + SECRET)),
        Arguments.of(SECRET, List.of("sign", "--scheme", "standard", "--secret", SECRET, "--id", "a", "--timestamp", SECRET)),
        Arguments.of(SECRET, List.of("sign", "--scheme", "standard", "--secret", SECRET)),
        Arguments.of(SECRET, List.of("local", "--port", SECRET)),
        Arguments.of(SECRET, List.of(SECRET)),
        Arguments.of(SECRET, List.of("--secret", SECRET, "sign")),
        Arguments.of("whsec_'quoted", List.of("verify", "--scheme", "standard", "--secret", "whsec_'quoted")),
        Arguments.of("tooshort", List.of("verify", "--scheme", "standard", "--secret", "whsec_tooshort")),
        Arguments.of("no?base?64", List.of("sign", "--scheme", "standard", "--secret", "whsec_no?base?64", "--id", "a")),
        Arguments.of("@" + SECRET, List.of("sign", "--scheme", "standard", "--secret", "@" + SECRET, "--id", "a")));
  }

  @ParameterizedTest
  @MethodSource("commandLinesWithASecret")
  void neverPrintsASecret(String secret, List<String> args) {
    Run run = Run.of("{}", args.toArray(String[]::new));
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.everything()).doesNotContain(secret).doesNotContain("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(run.err()).startsWith("agentpost: ").contains("--help");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithASecretByItsSize() {
    assertThat(Run.of("{}", "verify", "--scheme", "standard", "--secret", "whsec_AAAA").err()).contains("this one has 3 bytes");
    assertThat(Run.of("{}", "verify", "--scheme", "standard", "--secret", "whsec_?").err()).contains("this one of 7 characters is not base64");
  }

  @Test
  void namesTheOptionThatIsUnknownAndTheOnesThereAre() {
    assertThat(Run.of("", "verify", "--secert", "x", "--scheme", "standard", "--secret", SECRET).err()).contains("--secert").contains("--secret");
    assertThat(Run.of("", "dmeo").err()).contains("Commands: agents, check-url, demo, dlq, local, operations, put, redeliver, replay, secrets, sign, verify");
  }

  @Test
  void namesTheOptionsThatAreMissing() {
    assertThat(Run.of("", "verify").err()).contains("'--scheme=SCHEME'").contains("'--secret=SECRET'");
  }

  @Test
  void asksForACommand() {
    Run run = Run.of("");
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("Missing command").contains("./agentpost --help");
  }

  @Test
  void hasTheVersionOfThePom() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    String version = pom.replaceAll("(?s).*?<version>([^<]*)</version>.*", "$1");
    assertEquals("agentpost " + version + "\n", Run.of("", "--version").out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"65536", "-1", "http", "99999999999"})
  void startsNoCloudOnAPortThatIsNone(String port) {
    Run run = Run.of("", "local", "--port", port);
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("'--port'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.5", "-1", "NaN", "Infinity", "1000001", "fast"})
  void startsNoCloudWhoseTimeStandsStill(String scale) {
    Run run = Run.of("", "local", "--time-scale", scale);
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("'--time-scale'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"check-url", "demo", "dlq", "local", "operations", "put", "redeliver", "replay", "secrets", "sign", "verify"})
  void showsOneExampleInItsHelp(String command) {
    Run run = Run.of("", command, "--help");
    assertEquals(0, run.exitCode());
    assertThat(run.out().lines().filter("Example:"::equals)).hasSize(1);
    assertThat(example(command)).contains("./agentpost " + command);
  }

  /** What a person copies from the help: the lines after "Example:", as a shell gets them. */
  private static String example(String command) {
    return Run.of("", command, "--help").out().replaceFirst("(?s).*\nExample:\n", "").strip();
  }

  /** The examples of check-url, sign and verify go through a real shell, in which agentpost is this JVM's class path. */
  @ParameterizedTest
  @ValueSource(strings = {"check-url", "sign", "verify"})
  void theExampleInTheHelpWorksInAShell(String command, @TempDir Path home) throws IOException, InterruptedException {
    Path launcher = home.resolve("agentpost");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Files.writeString(launcher, "#!/bin/sh\nexec '" + java + "' -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path") + "' agentpost.cli.Agentpost \"$@\"\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Process shell = new ProcessBuilder("sh", "-c", example(command)).directory(home.toFile()).redirectErrorStream(true).start();
    try (InputStream output = shell.getInputStream()) {
      String text = new String(output.readAllBytes(), UTF_8);
      assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertEquals(0, shell.exitValue(), text);
      assertThat(text)
          .contains(
              switch (command) {
                case "check-url" -> "allowed https://93.184.216.34/hooks";
                case "sign" -> "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
                default -> "accepted";
              });
    }
  }
}
