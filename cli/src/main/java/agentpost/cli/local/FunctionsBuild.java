package agentpost.cli.local;

import agentpost.cli.project.BuildProcess;
import agentpost.cli.project.Project;
import agentpost.local.lambda.FunctionCode;
import agentpost.local.storage.DirectoryTree;
import agentpost.schemas.Compilation;
import agentpost.schemas.Mistake;
import agentpost.schemas.SchemaCompiler;
import agentpost.schemas.SchemaVersion;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compiles the functions' sources beside everything that runs or was built: with the compiler
 * alone, since nothing is packed or checked.
 */
final class FunctionsBuild {
  /** In a build's folder, as in the functions' zip. */
  static final String LIBRARIES = "lib";

  private static final int MAX_LINES = 40;

  /** What came of it. */
  sealed interface Outcome {
    record Built(FunctionCode code) implements Outcome {}

    /**
     * @param errors the compilers'
     */
    record Failed(String errors) implements Outcome {}
  }

  private final Project project;
  private final boolean isWhole;

  /**
   * @param isWhole whether functions run in processes of their own, with all of their libraries
   */
  FunctionsBuild(Project project, boolean isWhole) {
    this.project = project;
    // What a project of somebody's own is made with includes the framework.
    this.isWhole = isWhole || project.isOwn();
  }

  /**
   * @param into a folder that is not there yet
   * @param libraries that the sources are compiled with
   * @param added those of them that this process does not have
   */
  Outcome compile(Path into, List<Path> libraries, List<Path> added)
      throws IOException, InterruptedException {
    Map<String, Map<SchemaVersion, JsonNode>> events = new TreeMap<>();
    List<Mistake> mistakes = new ArrayList<>();
    for (Path folder : project.events()) {
      switch (SchemaCompiler.compile(folder)) {
        case Compilation.Compiled(var documents) -> events.putAll(documents);
        case Compilation.Failed(var found) -> mistakes.addAll(found);
      }
    }
    if (!mistakes.isEmpty()) {
      return new Outcome.Failed(
          show(mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n"))));
    }
    Files.createDirectories(into);
    Path arguments = into.resolveSibling(into.getFileName() + ".sources");
    Files.writeString(
        arguments, sources().stream().map(FunctionsBuild::quote).collect(Collectors.joining("\n")));
    List<String> javac =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "javac").toString()));
    javac.addAll(
        List.of(
            "-J-Xmx384m",
            "-J-XX:+UseSerialGC",
            "-J-XX:TieredStopAtLevel=1",
            "-nowarn",
            "-proc:none"));
    // As the build's: the classes are then the same to the byte, and those that are not are the
    // ones that changed.
    javac.addAll(
        List.of(
            "-g",
            "-parameters",
            "--release",
            "25",
            "-XDaddTypeAnnotationsToSymbol=true",
            "-XDcompilePolicy=simple",
            "-encoding",
            "UTF-8"));
    javac.addAll(
        List.of(
            "-d",
            into.toString(),
            "-cp",
            libraries.stream().map(Path::toString).collect(Collectors.joining(":")),
            "@" + arguments));
    BuildProcess compiled = BuildProcess.run(new ProcessBuilder(javac));
    Files.deleteIfExists(arguments);
    if (!compiled.isSuccessful()) {
      DirectoryTree.delete(into);
      return new Outcome.Failed(show(compiled.said()));
    }
    copyResources(into);
    SchemaCompiler.write(events, into);
    link(isWhole ? libraries : added, into);
    return new Outcome.Built(FunctionCode.read(into));
  }

  /** Libraries into a build's folder. */
  static void link(List<Path> libraries, Path into) throws IOException {
    Path lib = Files.createDirectories(into.resolve(LIBRARIES));
    for (Path jar : libraries) {
      Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
    }
  }

  private List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path module : project.modules()) {
      try (Stream<Path> all = Files.walk(module.resolve("src/main/java"))) {
        all.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  /** In an argument file (javac's manual, "Command-Line Argument Files"). */
  private static String quote(Path file) {
    return "\"" + file.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private void copyResources(Path into) throws IOException {
    for (Path module : project.modules()) {
      Path resources = module.resolve("src/main/resources");
      if (Files.isDirectory(resources)) {
        copy(resources, into);
      }
    }
  }

  private static void copy(Path root, Path into) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = into.resolve(root.relativize(file).toString());
        Files.createDirectories(Optional.ofNullable(copy.getParent()).orElse(into));
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private String show(String errors) {
    List<String> lines = errors.replace(project.home() + "/", "").lines().toList();
    return lines.stream().limit(MAX_LINES).collect(Collectors.joining("\n"))
        + (lines.size() > MAX_LINES ? "\n… and " + (lines.size() - MAX_LINES) + " more lines" : "");
  }
}
