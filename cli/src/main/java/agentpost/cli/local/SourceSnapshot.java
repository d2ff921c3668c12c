package agentpost.cli.local;

import agentpost.cli.project.Project;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a running local cloud is made from, at one moment: times and sizes of files by their paths
 * in the project.
 *
 * @param files by their paths in the project
 */
record SourceSnapshot(Map<String, SourceSnapshot.Stamp> files) {
  /**
   * Of a file, as the file system has it: an idle cloud looks at hundreds several times a second,
   * so nothing is made of them that is not needed.
   */
  record Stamp(long modified, long size) {
    static final Stamp NONE = new Stamp(0, 0);
  }

  /** As they are now. */
  static SourceSnapshot of(Project project) throws IOException {
    return of(project, catalog(project));
  }

  /** The catalog alone. */
  static SourceSnapshot ofCatalog(Project project) {
    return new SourceSnapshot(Map.of(project.nameOf(project.catalog()), stamp(catalog(project))));
  }

  private static Path catalog(Project project) {
    return Optional.ofNullable(System.getenv("AGENTPOST_CATALOG"))
        .map(project.home()::resolve)
        .orElseGet(project::catalog);
  }

  /** Zeros where an editor has just taken it away to put the new one in its place. */
  private static Stamp stamp(Path catalog) {
    File file = catalog.toFile();
    return new Stamp(file.lastModified(), file.length());
  }

  /**
   * @param catalog may be anywhere; here it has the name of the project's own, whose place it takes
   */
  static SourceSnapshot of(Project project, Path catalog) throws IOException {
    Map<String, Stamp> files = new HashMap<>();
    files.put(project.nameOf(project.catalog()), stamp(catalog));
    for (Path root : project.watchedPaths()) {
      if (Files.exists(root)) {
        Files.walkFileTree(root, new Look(project, files));
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

  private static final class Look extends SimpleFileVisitor<Path> {
    private final Project project;
    private final int start;
    private final Map<String, Stamp> files;

    Look(Project project, Map<String, Stamp> files) {
      this.project = project;
      // Of a file's name in the project, in its path.
      this.start = project.home().toString().length() + 1;
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return project.isIgnored(directory) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
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
