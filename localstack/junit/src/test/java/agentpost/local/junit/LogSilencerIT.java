package agentpost.local.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A test that passes prints nothing, whatever logging there is on its class path; none of them has
 * a configuration. The build puts their jars into {@code target/logging}.
 */
class LogSilencerIT {
  private static final Path LOGGING = Path.of("target", "logging");

  @TempDir private static Path directory;

  @BeforeAll
  static void synthesize() throws IOException {
    AgentpostTemplate template = new AgentpostTemplate().log();
    template
        .agent(
            "welcome-agent",
            "agentpost.onboarding.WelcomeHandler",
            "{\"detail-type\":[\"user.signed_up\"]}")
        .put("EMAIL_FROM", "hello@example.com");
    Templates.write(
        Files.createDirectories(Path.of(QuietTrial.CDK_OUT)), "agentpost", template.toString());
  }

  private static String classPath(String logging) throws IOException {
    try (Stream<Path> jars = Files.list(LOGGING.resolve(logging))) {
      return Stream.concat(
              jars.map(Path::toString), Stream.of(System.getProperty("java.class.path")))
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"logback", "logback-for-log4j", "slf4j-simple", "log4j-core", "java-util-logging"})
  void aPassingTestPrintsNothing(String logging) throws Exception {
    assertEquals("", printed(classPath(logging)));
  }

  /** As the class path has it: SLF4J and the Log4j API without anything behind them. */
  @Test
  void withoutAnyNothingIsSaidAboutThat() throws Exception {
    assertEquals("", printed(System.getProperty("java.class.path")));
  }

  /** With the arguments that docs/testing-agents.md names: the JVM's own warnings are its own. */
  private static String printed(String classPath) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                QuietTrial.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(java.waitFor(5, TimeUnit.MINUTES)).isTrue();
    String printed = Files.readString(output);
    assertEquals(0, java.exitValue(), printed);
    return printed;
  }
}
