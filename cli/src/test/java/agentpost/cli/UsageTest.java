package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UsageTest {
  /** Each command that looks somewhere, with what else it needs. */
  static Stream<List<String>> commandsOfAStack() {
    return Stream.of(
        List.of("agents", "list"),
        List.of("agents", "resume", "crm"),
        List.of("dlq", "list"),
        List.of("dlq", "show", "crm"),
        List.of("dlq", "export", "crm"),
        List.of("dlq", "redrive", "crm"),
        List.of("dlq", "discard", "crm", "--id", "a"),
        List.of("events", "tail"),
        List.of("operations", "list"),
        List.of("operations", "show", "a"),
        List.of("put", "../events-schemas/user.signed_up/examples/premium-trial.json"),
        List.of("redeliver", "crm", "../events-schemas/user.signed_up/examples/premium-trial.json"),
        List.of("replay", "--last", "1h"),
        List.of("secrets", "rotate", "crm"),
        List.of("secrets", "show", "crm", "--once"),
        List.of("try", "../events-schemas/user.signed_up/examples/premium-trial.json"),
        List.of("verify-deployment", "--yes"));
  }

  private static String[] with(List<String> command, String... options) {
    return Stream.concat(command.stream(), Stream.of(options)).toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("commandsOfAStack")
  void aStageIsNamedInOneWayAndTheOldOnesSayWhich(List<String> command) {
    for (String old : List.of("--prefix", "--table", "--bus")) {
      for (String[] words :
          List.of(with(command, old, "agentpost-try"), with(command, old + "=agentpost-try"))) {
        Run run = Run.of("", words);
        assertEquals(2, run.exitCode(), run.everything());
        assertThat(run.err())
            .contains("there is no option " + old + " any more; --stage names the stage alone")
            .doesNotContain("Possible solutions");
      }
    }
    for (String no : List.of("agentpost-try", "Try", "", "7", "a-b", "stagewithtoolong")) {
      Run run = Run.of("", with(command, "--stage", no));
      assertEquals(2, run.exitCode(), run.everything());
      assertThat(run.err())
          .contains("'--stage': it must be a lower-case letter and up to 11 letters or digits");
    }
    Run run = Run.of("", with(command, "--stage", "try", "--endpoint-url", "http://localhost:1"));
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.err()).contains("nothing answers at http://localhost:1");
  }

  @ParameterizedTest
  @MethodSource("commandsOfAStack")
  void reachesAws(List<String> command) {
    assertThat(Run.of("", with(command, "--help")).out())
        .contains("--profile", "--region", "--stage", "--endpoint-url");
    Run run =
        Run.of("", with(command, "--endpoint-url", "http://localhost:1", "--region", "eu-west-1"));
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.err())
        .contains("--endpoint-url is for a local cloud, --profile and --region are for AWS");
  }

  /** All commands, by their words. */
  static Stream<List<String>> commands() {
    return commands(Agentpost.commandLine(InputStream.nullInputStream()), List.of());
  }

  private static Stream<List<String>> commands(CommandLine command, List<String> words) {
    return Stream.concat(
        Stream.of(words),
        command.getSubcommands().entrySet().stream()
            .flatMap(
                sub ->
                    commands(
                        sub.getValue(),
                        Stream.concat(words.stream(), Stream.of(sub.getKey())).toList())));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpFitsTheTerminalAndBreaksNoWord(List<String> command) {
    List<String> words = words(help(command));
    for (int columns : List.of(60, 80, 100, 120, 200)) {
      Run run = Run.of(columns, with(command, "--help"));
      assertEquals(0, run.exitCode(), run.everything());
      // A word that fits nowhere has a line of its own, and commands to copy stay as they are.
      assertThat(
              run.out()
                  .lines()
                  .takeWhile(line -> !line.equals("Example:"))
                  .filter(line -> line.strip().contains(" ")))
          .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(columns));
      assertThat(words(run.out())).isEqualTo(words);
    }
  }

  /** As picocli lays it out where there is room for every line. */
  private static String help(List<String> command) {
    CommandLine found = Agentpost.commandLine(InputStream.nullInputStream());
    for (String word : command) {
      found = Objects.requireNonNull(found.getSubcommands().get(word), word);
    }
    return found.setUsageHelpWidth(10_000).getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 100})
  void errorsFitTheTerminalAndBreakNoWord(int columns) {
    for (List<String> command :
        List.of(
            List.of("dlq", "list", "--prefix", "agentpost-try"),
            List.of("replay"),
            List.of("operations", "list", "--endpoint-url", "http://localhost:1"),
            List.of("dmeo"))) {
      Run run = Run.of(columns, command.toArray(String[]::new));
      assertThat(run.err().lines())
          .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(columns));
      assertThat(words(run.err()))
          .isEqualTo(words(Run.of("", command.toArray(String[]::new)).err()));
    }
  }

  @Test
  void synthHasHelpAndTakesNothingElse() {
    assertThat(Run.of("", "synth", "--help").out())
        .startsWith("Usage: agentpost synth")
        .contains("Synthesizes the template");
    assertEquals(2, Run.of("", "synth", "now").exitCode());
  }

  @Test
  void saysWhatIsWrongWithASecretByItsSize() {
    assertThat(Run.of("{}", "verify", "--scheme", "standard", "--secret", "whsec_AAAA").err())
        .contains("this one has 3 bytes");
    assertThat(Run.of("{}", "verify", "--scheme", "standard", "--secret", "whsec_?").err())
        .contains("this one of 7 characters is not base64");
  }

  @Test
  void namesTheOptionThatIsUnknownAndTheOnesThereAre() {
    assertThat(
            Run.of(
                    "",
                    "verify",
                    "--secert",
                    "x",
                    "--scheme",
                    "standard",
                    "--secret",
                    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                .err())
        .contains("--secert")
        .contains("--secret");
    assertThat(Run.of("", "dmeo").err())
        .contains(
            "Commands: agents, check-url, completion, cost, demo, diff, dlq, docs, doctor, events,"
                + " local, new, operations, preflight, put, redeliver, replay, rollback, secrets,"
                + " sign, synth, try, verify, verify-deployment");
  }

  @Test
  void namesTheOptionsThatAreMissing() {
    assertThat(Run.of("", "verify").err())
        .contains("'--scheme=SCHEME'")
        .contains("'--secret=SECRET'");
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
    assertThat(Run.of("", "--version").out()).startsWith("agentpost " + version).endsWith("\n");
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
  @ValueSource(
      strings = {
        "check-url",
        "completion",
        "demo",
        "diff",
        "dlq",
        "docs",
        "doctor",
        "local",
        "operations",
        "preflight",
        "put",
        "redeliver",
        "replay",
        "rollback",
        "secrets",
        "sign",
        "synth",
        "verify",
        "verify-deployment"
      })
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

  /**
   * The examples of check-url, sign and verify go through a real shell, in which agentpost is this
   * JVM's class path.
   */
  @ParameterizedTest
  @ValueSource(strings = {"check-url", "sign", "verify"})
  void theExampleInTheHelpWorksInAShell(String command, @TempDir Path home)
      throws IOException, InterruptedException {
    Path launcher = home.resolve("agentpost");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Files.writeString(
        launcher,
        "#!/bin/sh\nexec '"
            + java
            + "' -XX:TieredStopAtLevel=1 -cp '"
            + System.getProperty("java.class.path")
            + "' agentpost.cli.Agentpost \"$@\"\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Process shell =
        new ProcessBuilder("sh", "-c", example(command))
            .directory(home.toFile())
            .redirectErrorStream(true)
            .start();
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
