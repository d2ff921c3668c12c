package agentpost.cli;

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
  private static final List<String> MODULES =
      List.of(
          "events-schemas",
          "functions/signing",
          "functions/catalog",
          "functions/runtime",
          "functions/gateway",
          "functions/agents");
  private static final List<String> EVENTS =
      List.of("events-schemas/src/main/events", "events-schemas");
  private static final int MAX_LINES = 40;

  /** What came of it. */
  sealed interface Outcome {
    record Built(FunctionCode code) implements Outcome {}

    /**
     * @param errors the compilers'
     */
    record Failed(String errors) implements Outcome {}
  }

  private final Path home;
  private final boolean isWhole;

  /**
   * @param isWhole whether functions run in processes of their own, with all of their libraries
   */
  FunctionsBuild(Path home, boolean isWhole) {
    this.home = home;
    this.isWhole = isWhole;
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
    for (String folder : EVENTS) {
      switch (SchemaCompiler.compile(home.resolve(folder))) {
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
    Path lib = Files.createDirectories(into.resolve("lib"));
    for (Path jar : isWhole ? libraries : added) {
      Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
    }
    return new Outcome.Built(FunctionCode.read(into));
  }

  private List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> all = Files.walk(home.resolve(module).resolve("src/main/java"))) {
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
    for (String module : MODULES) {
      Path resources = home.resolve(module).resolve("src/main/resources");
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
    List<String> lines = errors.replace(home + "/", "").lines().toList();
    return lines.stream().limit(MAX_LINES).collect(Collectors.joining("\n"))
        + (lines.size() > MAX_LINES ? "\n… and " + (lines.size() - MAX_LINES) + " more lines" : "");
  }
}
