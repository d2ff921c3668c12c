package agentpost.cli.local;

import agentpost.cli.project.Project;
import agentpost.local.extension.LocalResourceType;
import agentpost.local.extension.LocalTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a project registers for its tests' clouds: this process has no class of it. */
final class UnloadedExtensions {
  private UnloadedExtensions() {}

  /** For each such registration, where it is. */
  static List<String> lines(Project project) {
    return project.modules().stream()
        .flatMap(module -> Stream.of("src/main", "src/test").map(module::resolve))
        .flatMap(
            sources ->
                Stream.of(LocalTarget.class, LocalResourceType.class)
                    .map(seam -> sources.resolve("resources/META-INF/services/" + seam.getName())))
        .filter(Files::exists)
        .map((Path file) -> "not loaded, for tests only: " + project.nameOf(file))
        .toList();
  }
}
