package agentpost.cli.project;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewCommandTest {
  private static final String HOME = "agentpost.home";

  @TempDir private Path folder;

  @AfterEach
  void forget() {
    System.clearProperty(HOME);
  }

  private Run run(Path home, Path project) {
    System.setProperty(HOME, home.toString());
    return Run.of("", "new", project.toString(), "--package", "com.example.shop");
  }

  /** A snapshot, as this build is, has to come from somewhere. */
  @Test
  void whatIsNextIsForACloneOrForARelease() {
    assertThat(run(Launcher.HOME, folder.resolve("shop")).out())
        .contains(
            "  ./mvnw -Prelease,quick install -Dmaven.javadoc.skip    (in agentpost's clone, if");
    assertThat(run(folder, folder.resolve("market")).out())
        .contains("  add the repository that has agentpost ")
        .doesNotContain("clone", "install", "is inside");
  }

  @Test
  void aProjectInsideAnotherIsToldSo() {
    assertThat(run(folder, folder.resolve("shop")).exitCode()).isZero();
    assertThat(run(folder, folder.resolve("shop/market")).out())
        .contains(
            folder.resolve("shop/market") + " is inside " + folder.resolve("shop"),
            "made " + folder.resolve("shop/market"));
  }
}
