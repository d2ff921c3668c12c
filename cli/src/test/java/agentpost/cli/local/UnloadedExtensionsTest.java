package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.project.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnloadedExtensionsTest {
  @TempDir private Path home;

  private void register(String folder, String seam) throws IOException {
    Path services = home.resolve(folder).resolve("resources/META-INF/services");
    Files.writeString(Files.createDirectories(services).resolve(seam), "com.example.Any\n");
  }

  @Test
  void everyRegistrationOfTheLocalCloudsIsNamedByItsFile() throws IOException {
    register("src/main", "agentpost.local.extension.LocalTarget");
    register("src/test", "agentpost.local.extension.LocalResourceType");
    register("src/main", "agentpost.delivery.Dialect");
    assertThat(UnloadedExtensions.lines(Project.in(home)))
        .containsExactly(
            "not loaded, for tests only:"
                + " src/main/resources/META-INF/services/agentpost.local.extension.LocalTarget",
            "not loaded, for tests only:"
                + " src/test/resources/META-INF/services/agentpost.local.extension.LocalResourceType");
  }

  @Test
  void aProjectWithoutAnyIsSaidNothingOf() {
    assertThat(UnloadedExtensions.lines(Project.in(home))).isEmpty();
  }
}
