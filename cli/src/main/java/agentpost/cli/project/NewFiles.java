package agentpost.cli.project;

import agentpost.cli.terminal.FileErrors;
import agentpost.local.storage.DirectoryTree;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Files to be written, all of them or none: they are written beside their place and moved there
 * when all are whole.
 *
 * @param contents by their names in the folder
 */
record NewFiles(Path folder, SequencedMap<String, String> contents) {
  private static final String PREFIX = ".agentpost-new-";

  private static final String SCRIPT = "#!";

  private static final Map<PosixFilePermission, PosixFilePermission> EXECUTED_BY =
      Map.of(
          PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);

  /** Makes the folder with these files in it. */
  void writeFolder() {
    Path parent = Objects.requireNonNull(folder.getParent(), "an absolute path");
    if (!Files.isDirectory(parent)) {
      throw new ProjectException("there is no folder " + parent + " to make it in");
    }
    writeBeside(parent, written -> Files.move(written, folder, StandardCopyOption.ATOMIC_MOVE));
  }

  /** Adds these files to the folder. */
  void add() {
    requireNew();
    writeBeside(folder, this::moveAll);
  }

  /**
   * Adds these files to the folder.
   *
   * @param edited a file that is there, whose text is put in its place last
   */
  void add(Path edited, String text) {
    requireNew();
    writeBeside(
        folder,
        written -> {
          Path next = Files.writeString(written.resolve("edited"), text);
          Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(edited));
          List<Path> moved = moveAll(written);
          try {
            // A link stays one.
            Files.move(
                next,
                edited.toRealPath(),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
          } catch (IOException e) {
            delete(moved);
            throw e;
          }
        });
  }

  private void requireNew() {
    for (String name : contents.sequencedKeySet()) {
      if (Files.exists(folder.resolve(name))) {
        throw new ProjectException(name + " is there already; choose another name");
      }
    }
  }

  private List<Path> moveAll(Path written) throws IOException {
    List<Path> moved = new ArrayList<>();
    try {
      for (String name : contents.sequencedKeySet()) {
        Path file = folder.resolve(name);
        Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(folder));
        Files.move(written.resolve(name), file);
        moved.add(file);
      }
      return moved;
    } catch (IOException e) {
      delete(moved);
      throw e;
    }
  }

  private static void delete(List<Path> files) throws IOException {
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** For whoever may read it. */
  private static void makeExecutable(Path script) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(script);
    EXECUTED_BY.forEach(
        (read, execute) -> {
          if (permissions.contains(read)) {
            permissions.add(execute);
          }
        });
    Files.setPosixFilePermissions(script, permissions);
  }

  private interface Step {
    void take(Path written) throws IOException;
  }

  private void writeBeside(Path place, Step then) {
    try {
      // As any folder that its user makes; temporary ones are for their owner alone.
      Path written =
          Files.createDirectory(
              place.resolve(PREFIX + ProcessHandle.current().pid() + "-" + System.nanoTime()));
      try {
        for (Map.Entry<String, String> file : contents.entrySet()) {
          Path path = written.resolve(file.getKey());
          Files.createDirectories(Optional.ofNullable(path.getParent()).orElse(written));
          Files.writeString(path, file.getValue());
          if (file.getValue().startsWith(SCRIPT)) {
            makeExecutable(path);
          }
        }
        then.take(written);
      } finally {
        if (Files.exists(written)) {
          DirectoryTree.delete(written);
        }
      }
    } catch (IOException e) {
      throw new ProjectException(
          "it cannot be written, and nothing was: " + explain(place, e).replace('\n', ' '));
    }
  }

  private static String explain(Path place, IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "nothing can be made in " + place;
      case FileAlreadyExistsException there -> there.getFile() + " is there already";
      default -> FileErrors.explain(e);
    };
  }
}
