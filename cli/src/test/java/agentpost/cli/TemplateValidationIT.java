package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CDK's rules, half of a synthesis' time, are for what goes to AWS: which commands hold the
 * template to them, and that none takes one for validated that is not.
 */
class TemplateValidationIT {
  @TempDir private Path home;

  /** A clone that is built, and a JDK that notes each synthesis. */
  @BeforeEach
  void aBuiltClone() throws IOException {
    write("agentpost", Files.readString(Launcher.HOME.resolve("agentpost")));
    write("cli/pom.xml", "");
    write("cli/target/classpath.txt", "");
    write("cli/target/classes/Agentpost", "");
    write("infra-cdk/agents.yaml", "");
    write("infra-cdk/target/classes/AgentpostApp", "");
    write("infra-cdk/target/classpath.txt", "");
    write("functions/agents/target/functions.zip", "");
    write("jdk/release", "JAVA_VERSION=\"25\"\n");
    write("jdk/bin/javac", "");
    write(
        "jdk/bin/java",
        """
        #!/bin/sh
        case "$*" in
          *AgentpostApp*) mkdir -p "$CDK_OUTDIR"; echo "$CDK_VALIDATION" >>"$AGENTPOST_SYNTHESES" ;;
        esac
        """);
    write("syntheses", "");
  }

  @Test
  void whatOnlyRunsHereIsNotHeldToCdksRules() throws Exception {
    run("cost");
    assertThat(syntheses()).isEqualTo("false\n");
    run("cost");
    assertThat(syntheses()).isEqualTo("false\n");
  }

  @Test
  void whatGoesToAwsIsOnceEvenIfThereIsATemplate() throws Exception {
    run("cost");
    run("synth");
    assertThat(syntheses()).isEqualTo("false\ntrue\n");
    run("synth");
    run("cost");
    run("diff");
    assertThat(syntheses()).isEqualTo("false\ntrue\n");
  }

  private String syntheses() throws IOException {
    return Files.readString(home.resolve("syntheses"));
  }

  private void run(String command) throws Exception {
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            home.resolve("jdk").toString(),
            "CDK_VALIDATION",
            "",
            "AGENTPOST_SYNTHESES",
            home.resolve("syntheses").toString());
    try (Launcher launcher =
        Launcher.start(home, home.resolve("agentpost"), home, environment, command)) {
      assertThat(launcher.exitCode()).as(launcher.output()).isZero();
    }
  }

  private void write(String name, String content) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, content);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
