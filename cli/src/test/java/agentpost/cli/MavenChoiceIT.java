package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code ./agentpost} builds with: the machine's Maven if that is fit, or the wrapper. */
class MavenChoiceIT {
  @TempDir private Path home;

  @BeforeEach
  void anUnbuiltProject() throws IOException {
    Files.copy(Launcher.HOME.resolve("agentpost"), home.resolve("agentpost"));
    // A clone has it, a release has not.
    Files.createFile(Files.createDirectories(home.resolve("cli")).resolve("pom.xml"));
    write("mvnw", "echo \"[ERROR] the wrapper was asked\"; exit 1");
  }

  @ParameterizedTest
  @CsvSource({
    "3.8.7, mvn",
    "3.9.12, mvn",
    "3.10.0, mvn",
    "3.6.3, mvnw",
    "2.2.1, mvnw",
    "4.0.0, mvnw",
    "unknown, mvnw"
  })
  void anInstalledMavenIsTakenIfItIsFit(String version, String taken) throws Exception {
    write(
        "bin/mvn",
        "if [ \"$1\" = --version ]; then echo 'Apache Maven "
            + version
            + " (abc)'; else echo '[ERROR] mvn was asked'; exit 1; fi");
    assertThat(built()).contains(taken.equals("mvn") ? "mvn was asked" : "the wrapper was asked");
  }

  @Test
  void theWrapperIsTakenWhereThereIsNoMaven() throws Exception {
    write("bin/mvn", "exit 127");
    assertThat(built()).contains("the wrapper was asked");
  }

  @Test
  void whatTheWrapperSaysIsShown() throws Exception {
    write("bin/mvn", "exit 127");
    write("mvnw", "echo 'wget: Failed to fetch https://maven.invalid/maven.zip' >&2; exit 1");
    assertThat(built()).contains("Failed to fetch https://maven.invalid/maven.zip");
  }

  private String built() throws Exception {
    Map<String, String> environment =
        Map.of("AGENTPOST_NO_BUILD", "", "PATH", home.resolve("bin") + ":" + System.getenv("PATH"));
    try (Launcher launcher =
        Launcher.start(home, home.resolve("agentpost"), home, environment, "build")) {
      assertThat(launcher.exitCode()).isOne();
      return launcher.output();
    }
  }

  private void write(String name, String script) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
