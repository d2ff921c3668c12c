package agentpost.local.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What one dependency for {@code @AgentpostTest} brings, as the build resolved it; JUnit is the
 * test's own.
 */
class BroughtTest {
  /** docs/testing-agents.md names it too. Fewer is better; a new one needs a reason. */
  private static final int MAX_JARS = 64;

  /** Optional dependencies of the module, which nobody gets with it. */
  private static final Pattern OPTIONAL =
      Pattern.compile("(junit|opentest4j|apiguardian|aws-lambda-java-runtime-interface-client)-.*");

  /** What libraries ask for and nothing here runs. */
  private static final Pattern NOT_RUN =
      Pattern.compile(
          "(log4j-core|failureaccess|eventstream|http-auth-aws-eventstream|jsr305|netty|h2|pinpoint|cognito|mockito|apache-client|apache5-client|partiql|kotlin|ion-|dynamodb-enhanced"
              + "|jakarta\\.transaction|pekko|scala|elasticmq|checker-qual|error_prone|j2objc|listenablefuture|slf4j-simple|aws-cdk|jsii)-?.*");

  private static List<String> jars() throws IOException {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(Files.readString(Path.of("target", "brought.txt")).strip())
        .map(entry -> Path.of(entry).getFileName().toString())
        .filter(name -> name.endsWith(".jar") && !OPTIONAL.matcher(name).matches())
        .toList();
  }

  @Test
  void jarsAreCounted() throws IOException {
    assertThat(jars()).hasSizeBetween(60, MAX_JARS);
  }

  @Test
  void whatNothingRunsIsNotThere() throws IOException {
    assertThat(jars()).noneMatch(name -> NOT_RUN.matcher(name).matches());
  }
}
