package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Whether the classes that a catalog names are in the functions' zip: Lambda would say so at the first invocation, and no sooner. */
final class HandlerClasses {
  private static final String CLASS = ".class";

  private HandlerClasses() {}

  /**
   * What is wrong, one line for each class that is not there.
   *
   * @param classes a folder with what a running local cloud has compiled since the zip was made; empty if nothing
   */
  static List<String> problems(Catalog catalog, Path zip, String classes) throws IOException {
    Map<String, String> handlers = new LinkedHashMap<>();
    for (Catalog.Agent agent : catalog.agents()) {
      if (agent.place() instanceof Catalog.Place.Hosted hosted) {
        handlers.put("agents." + agent.name() + ".hosted.handler", hosted.handler());
      }
    }
    for (Catalog.Processor processor : catalog.processors()) {
      if (processor.work() instanceof Catalog.Work.Hosted hosted) {
        handlers.put("processors." + processor.name() + ".hosted.handler", hosted.handler());
      }
    }
    TreeSet<String> missing = new TreeSet<>(handlers.values());
    TreeSet<String> candidates = new TreeSet<>();
    if (classes.isEmpty()) {
      try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
        remove(in, missing, candidates);
      }
    } else {
      removeCompiled(Path.of(classes), missing, candidates);
    }
    List<String> problems = new ArrayList<>();
    handlers.forEach(
        (path, handler) -> {
          if (missing.contains(handler)) {
            problems.add(path + ": there is no class " + handler + " in " + zip.getFileName() + neighbours(handler, candidates));
          }
        });
    return problems;
  }

  private static String neighbours(String handler, SortedSet<String> candidates) {
    String inPackage = handler.substring(0, handler.lastIndexOf('.') + 1);
    List<String> near = candidates.stream().filter(type -> type.startsWith(inPackage) && type.indexOf('.', inPackage.length()) < 0).toList();
    return near.isEmpty() ? ", nor a handler in its package" : "; its package has " + String.join(", ", near);
  }

  private static void removeCompiled(Path classes, Set<String> missing, Set<String> candidates) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      files.map(file -> classes.relativize(file).toString()).filter(name -> name.endsWith(CLASS) && !name.contains("$")).forEach(name -> count(name, missing, candidates));
    }
  }

  private static void count(String file, Set<String> missing, Set<String> candidates) {
    String type = file.substring(0, file.length() - CLASS.length()).replace('/', '.');
    missing.remove(type);
    if (type.endsWith("Handler")) {
      candidates.add(type);
    }
  }

  /** Takes out of {@code missing} what is there, and stops as soon as nothing is missing: a zip unpacks to some 80 MB. */
  private static void remove(ZipInputStream in, Set<String> missing, Set<String> candidates) throws IOException {
    for (ZipEntry entry = in.getNextEntry(); entry != null && !missing.isEmpty(); entry = in.getNextEntry()) {
      String name = entry.getName();
      if (name.startsWith("lib/") && name.endsWith(".jar")) {
        remove(new ZipInputStream(unclosed(in)), missing, candidates);
      } else if (name.endsWith(CLASS) && !name.contains("$")) {
        count(name, missing, candidates);
      }
    }
  }

  /** The jar within ends where its entry does, and the zip goes on. */
  private static InputStream unclosed(ZipInputStream zip) {
    return new FilterInputStream(zip) {
      @Override
      public void close() {
        // The zip's reader closes it.
      }
    };
  }
}
