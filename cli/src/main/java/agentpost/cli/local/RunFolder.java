package agentpost.cli.local;

import agentpost.cli.project.Project;
import agentpost.local.lambda.FunctionCode;
import agentpost.local.storage.DirectoryTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files that this process runs from, which the launcher copied for it: what is built,
 * synthesized or cleaned meanwhile is another's. The launcher takes the folder away when the
 * process has ended, however it ends; who ends in good order need not wait for that.
 *
 * @param command what started it, and builds and synthesizes for it
 */
record RunFolder(Project project, Path directory, Path command) implements AutoCloseable {
  private static final String FIRST_BUILD = "build-0";

  /** Nothing if it was not the launcher that started this process. */
  static Optional<RunFolder> ofLauncher() {
    String directory = System.getProperty("agentpost.run");
    return directory == null
        ? Optional.empty()
        : Optional.of(
            new RunFolder(
                Project.in(Path.of(System.getProperty("agentpost.home", ""))),
                Path.of(directory),
                Path.of(System.getProperty("agentpost.command", "agentpost"))));
  }

  /**
   * The functions that the process began with: this project's own classes, or the framework's,
   * which this process has itself.
   *
   * @param isWhole whether functions run in processes of their own, with all of their libraries
   */
  FunctionCode functions(boolean isWhole) throws IOException {
    if (project.isOwn()) {
      Path first = directory.resolve(FIRST_BUILD);
      if (!Files.exists(first.resolve(FunctionsBuild.LIBRARIES))) {
        FunctionsBuild.link(libraries(), first);
      }
      return FunctionCode.read(first);
    }
    try (Stream<Path> all = Files.list(directory.resolve("lib"))) {
      List<Path> jars =
          all.filter(
                  jar ->
                      jar.getFileName()
                          .toString()
                          .matches(
                              "\\d+-agentpost-(signing|catalog|runtime|gateway|agents|events-schemas)-.*\\.jar"))
              .sorted()
              .toList();
      return FunctionCode.ofJars(jars, isWhole ? libraries() : List.of());
    }
  }

  /** What functions are compiled and run with, beside themselves. */
  List<Path> libraries() throws IOException {
    return classPath(directory.resolve("functions-classpath.txt"));
  }

  /** The same of the last build in the project. */
  List<Path> librariesOfLastBuild() throws IOException {
    return classPath(project.classPathOfLastBuild());
  }

  /** A clone compiles its own modules. */
  private List<Path> classPath(Path file) throws IOException {
    return Arrays.stream(Files.readString(file).strip().split(":"))
        .filter(entry -> !entry.isEmpty() && (project.isOwn() || !entry.contains("/target/")))
        .map(Path::of)
        .toList();
  }

  /** The zip that the template was synthesized with. */
  Optional<Path> functionsZip() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("cdk.out"))) {
      return all.filter(file -> file.getFileName().toString().endsWith(".zip")).findFirst();
    }
  }

  Path child(String name) {
    return directory.resolve(name);
  }

  @Override
  public void close() {
    try {
      DirectoryTree.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("The files that it ran from are left in " + directory, e);
    }
  }
}
