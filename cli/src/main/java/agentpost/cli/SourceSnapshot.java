package agentpost.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a running local cloud is made from, at one moment: times and sizes of files by their paths
 * in the project.
 *
 * @param files by their paths in the project
 */
record SourceSnapshot(Map<String, SourceSnapshot.Stamp> files) {
  static final String CATALOG = "infra-cdk/agents.yaml";

  /** Without tests and documents. */
  private static final List<String> WATCHED =
      List.of(
          "pom.xml",
          "events-schemas",
          "functions",
          "infra-cdk/pom.xml",
          "infra-cdk/src/main",
          "localstack/pom.xml",
          "localstack/src/main",
          "cli/pom.xml",
          "cli/src/main");

  private static final Set<String> NOT_WATCHED =
      Set.of("target", "test", "examples", "counterexamples");

  /**
   * Of a file, as the file system has it: an idle cloud looks at hundreds several times a second,
   * so nothing is made of them that is not needed.
   */
  record Stamp(long modified, long size) {
    static final Stamp NONE = new Stamp(0, 0);
  }

  /** What has to be done about files of a kind. */
  enum Kind {
    /** Synthesized. */
    CATALOG,
    /** Compiled, and what it is compiled into loaded. */
    FUNCTIONS,
    /** Compiled, synthesized, and loaded with what is compiled. */
    SCHEMAS,
    /** Built by Maven, which alone knows what it means. */
    BUILD,
    /** Nothing: it is the cloud itself. */
    CLOUD
  }

  /** As they are now. */
  static SourceSnapshot of(Path home) throws IOException {
    return of(home, home.resolve(System.getenv().getOrDefault("AGENTPOST_CATALOG", CATALOG)));
  }

  /**
   * @param catalog may be anywhere; here it has the name of the project's own, whose place it takes
   */
  static SourceSnapshot of(Path home, Path catalog) throws IOException {
    Map<String, Stamp> files = new HashMap<>();
    File file = catalog.toFile();
    // Zeros where an editor has just taken it away to put the new one in its place.
    files.put(CATALOG, new Stamp(file.lastModified(), file.length()));
    for (String one : WATCHED) {
      Path root = home.resolve(one);
      if (Files.exists(root)) {
        Files.walkFileTree(root, new Look(home.toString().length() + 1, files));
      }
    }
    return new SourceSnapshot(files);
  }

  /** Paths of files that are new, gone or not as they were. */
  Set<String> changesSince(SourceSnapshot before) {
    Set<String> changed = new TreeSet<>();
    Stream.of(files, before.files)
        .flatMap(each -> each.keySet().stream())
        .filter(
            path ->
                !files
                    .getOrDefault(path, Stamp.NONE)
                    .equals(before.files.getOrDefault(path, Stamp.NONE)))
        .forEach(changed::add);
    return changed;
  }

  static Kind kind(String path) {
    if (path.equals(CATALOG)) {
      return Kind.CATALOG;
    }
    if (path.equals("pom.xml")
        || path.equals("events-schemas/pom.xml")
        || (path.startsWith("functions/") && path.endsWith("/pom.xml"))
        || path.startsWith("functions/agents/src/assembly/")) {
      return Kind.BUILD;
    }
    if (path.startsWith("events-schemas/src/main/resources/")) {
      // The envelope: this process has the compiler, and that with it.
      return Kind.CLOUD;
    }
    if (path.startsWith("events-schemas/") && !path.endsWith(".java")) {
      return Kind.SCHEMAS;
    }
    return path.startsWith("functions/") || path.startsWith("events-schemas/")
        ? Kind.FUNCTIONS
        : Kind.CLOUD;
  }

  static Set<String> of(Kind kind, Set<String> paths) {
    return paths.stream()
        .filter(path -> kind(path) == kind)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static final class Look extends SimpleFileVisitor<Path> {
    private final int start;
    private final Map<String, Stamp> files;

    /**
     * @param start of a file's name in the project, in its path
     */
    Look(int start, Map<String, Stamp> files) {
      this.start = start;
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return NOT_WATCHED.contains(directory.getFileName().toString())
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String path = file.toString().replace('\\', '/');
      String name = path.substring(path.lastIndexOf('/') + 1);
      // Editors write beside a file before they put the new one in its place.
      if (name.endsWith(".java")
          || name.endsWith(".json")
          || name.endsWith(".yaml")
          || name.endsWith(".xml")
          || path.contains("/src/main/resources/")) {
        if (!name.startsWith(".") && !name.startsWith("#") && !name.endsWith("~")) {
          files.put(
              path.substring(start),
              new Stamp(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.size()));
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      // One that is gone since the folder was listed.
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }
}
