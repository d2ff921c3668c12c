import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Fills lib/ of the release: {@code java ReleaseLibraries.java LIB PROGRAM JAR CLASS_PATH_FILE ...}
 * copies each program's jar and what it runs with, every jar once, and writes {@code PROGRAM.txt},
 * the names of its jars in the order of its class path, a line each.
 */
final class ReleaseLibraries {
  private ReleaseLibraries() {}

  public static void main(String[] arguments) throws IOException {
    Path lib = Path.of(arguments[0]);
    empty(lib);
    for (int at = 1; at < arguments.length; at += 3) {
      List<String> names = new ArrayList<>();
      for (Path jar : jars(arguments[at + 1], Path.of(arguments[at + 2]))) {
        names.add(copy(jar, lib));
      }
      Files.write(lib.resolve(arguments[at] + ".txt"), names);
    }
  }

  /** What the build before left must not be released. */
  private static void empty(Path lib) throws IOException {
    Files.createDirectories(lib);
    try (Stream<Path> files = Files.list(lib)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static List<Path> jars(String own, Path classPath) throws IOException {
    return Stream.concat(Stream.of(own), Stream.of(Files.readString(classPath).strip().split(":")))
        .map(Path::of)
        .toList();
  }

  private static String copy(Path jar, Path lib) throws IOException {
    String name = jar.getFileName().toString();
    Path copy = lib.resolve(name);
    if (!Files.exists(copy)) {
      Files.copy(jar, copy);
    } else if (Files.mismatch(jar, copy) != -1) {
      throw new IllegalStateException("Two jars have the name " + name + " and differ: " + jar);
    }
    return name;
  }
}
