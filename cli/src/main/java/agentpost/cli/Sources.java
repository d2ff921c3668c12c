package agentpost.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a running local cloud is made from, at one moment: times and sizes of files by their paths in the project.
 *
 * @param files to be compared, not read
 */
record Sources(Map<String, String> files) {
  static final String CATALOG = "infra-cdk/agents.yaml";

  /** Without tests and documents. */
  private static final List<String> WATCHED =
      List.of(
          "pom.xml", "events-schemas", "functions/pom.xml", "functions/src/main", "functions/src/assembly", "infra-cdk/pom.xml", "infra-cdk/src/main", "localstack/pom.xml",
          "localstack/src/main", "cli/pom.xml", "cli/src/main");

  private static final Set<String> NOT_WATCHED = Set.of("target", "test", "examples", "counterexamples");

  /** What has to be done about files of a kind. */
  enum Kind {
    /** Synthesized. */
    CATALOG,
    /** Compiled, and what it is compiled into loaded. */
    FUNCTIONS,
    /** Copied, synthesized, and loaded with what is compiled. */
    SCHEMAS,
    /** Built by Maven, which alone knows what it means. */
    BUILD,
    /** Nothing: it is the cloud itself. */
    CLOUD
  }

  /** As they are now. */
  static Sources of(Path home) throws IOException {
    return of(home, home.resolve(System.getenv().getOrDefault("AGENTPOST_CATALOG", CATALOG)));
  }

  /** @param catalog may be anywhere; here it has the name of the project's own, whose place it takes */
  static Sources of(Path home, Path catalog) throws IOException {
    Map<String, String> files = new TreeMap<>();
    File file = catalog.toFile();
    // Zeros where an editor has just taken it away to put the new one in its place.
    files.put(CATALOG, file.lastModified() + " " + file.length());
    for (String one : WATCHED) {
      Path root = home.resolve(one);
      if (Files.exists(root)) {
        Files.walkFileTree(root, new Look(home, files));
      }
    }
    return new Sources(files);
  }

  /** Paths of files that are new, gone or not as they were. */
  Set<String> changedSince(Sources before) {
    Set<String> changed = new TreeSet<>();
    Stream.of(files, before.files).flatMap(each -> each.keySet().stream()).filter(path -> !files.getOrDefault(path, "").equals(before.files.getOrDefault(path, ""))).forEach(changed::add);
    return changed;
  }

  static Kind kind(String path) {
    if (path.equals(CATALOG)) {
      return Kind.CATALOG;
    }
    if (path.equals("pom.xml") || path.equals("functions/pom.xml") || path.equals("events-schemas/pom.xml") || path.startsWith("functions/src/assembly/")) {
      return Kind.BUILD;
    }
    if (path.startsWith("events-schemas/") && !path.endsWith(".java")) {
      return Kind.SCHEMAS;
    }
    return path.startsWith("functions/") || path.startsWith("events-schemas/") ? Kind.FUNCTIONS : Kind.CLOUD;
  }

  static Set<String> of(Kind kind, Set<String> paths) {
    return paths.stream().filter(path -> kind(path) == kind).collect(Collectors.toCollection(TreeSet::new));
  }

  private static final class Look extends SimpleFileVisitor<Path> {
    private final Path home;
    private final Map<String, String> files;

    Look(Path home, Map<String, String> files) {
      this.home = home;
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return NOT_WATCHED.contains(directory.getFileName().toString()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = file.getFileName().toString();
      // Editors write beside a file before they put the new one in its place.
      if (name.endsWith(".java") || name.endsWith(".json") || name.endsWith(".yaml") || name.endsWith(".xml") || file.toString().contains("/src/main/resources/")) {
        if (!name.startsWith(".") && !name.startsWith("#") && !name.endsWith("~")) {
          files.put(home.relativize(file).toString().replace('\\', '/'), attributes.lastModifiedTime() + " " + attributes.size());
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
