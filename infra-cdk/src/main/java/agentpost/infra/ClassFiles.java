package agentpost.infra;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The class files that functions are made of, by their classes' names: in the functions' zip, or in
 * a folder if a running local cloud has compiled since.
 */
final class ClassFiles {
  private static final String CLASS = ".class";

  private final Path zip;
  private final Optional<Path> folder;
  private final Map<String, ClassModel> read = new HashMap<>();
  private final SortedSet<String> handlers = new TreeSet<>();

  /**
   * @param folder empty if there is none
   */
  ClassFiles(Path zip, String folder) {
    this.zip = zip;
    this.folder = folder.isEmpty() ? Optional.empty() : Optional.of(Path.of(folder));
  }

  /**
   * Those of these classes that are there. A zip unpacks to some 80 MB, so all that are needed are
   * read at a time.
   */
  Map<String, ClassModel> find(Set<String> names) throws IOException {
    Set<String> missing = new TreeSet<>(names);
    missing.removeAll(read.keySet());
    if (!missing.isEmpty() && folder.isPresent()) {
      findInFolder(folder.get(), missing);
    } else if (!missing.isEmpty()) {
      findIn(zip, missing);
    }
    Map<String, ClassModel> found = new HashMap<>(read);
    found.keySet().retainAll(names);
    return found;
  }

  /**
   * Classes that are called a handler, as far as was looked: all of them if one of those that were
   * looked for is not there.
   */
  SortedSet<String> handlers() {
    return handlers;
  }

  /** In a zip or a jar. */
  private void findIn(Path zip, Set<String> missing) throws IOException {
    FunctionsZip.visit(
        zip,
        (_, name, in) -> {
          if (name.endsWith(CLASS) && isWanted(name, missing)) {
            keep(name, in.readAllBytes(), missing);
          }
          return !missing.isEmpty();
        });
  }

  private void findInFolder(Path classes, Set<String> missing) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = classes.relativize(file).toString();
        if (name.startsWith("lib/") && name.endsWith(".jar")) {
          findIn(file, missing);
        } else if (name.endsWith(CLASS) && isWanted(name, missing)) {
          keep(name, Files.readAllBytes(file), missing);
        }
      }
    }
  }

  private boolean isWanted(String file, Set<String> missing) {
    String type = type(file);
    if (type.endsWith("Handler") && !type.contains("$")) {
      handlers.add(type);
    }
    return missing.contains(type);
  }

  private void keep(String file, byte[] bytes, Set<String> missing) {
    read.put(type(file), ClassFile.of().parse(bytes));
    missing.remove(type(file));
  }

  private static String type(String file) {
    return file.substring(0, file.length() - CLASS.length()).replace('/', '.');
  }
}
