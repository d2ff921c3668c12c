package agentpost.infra;

import agentpost.infra.catalog.CatalogException;
import agentpost.schemas.EventSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The events that the functions know: a catalog may name these and no others, and these are
 * registered.
 */
final class DeployedEvents {
  private DeployedEvents() {}

  /**
   * @param classes a folder with what a running local cloud has compiled since the zip was made;
   *     empty if nothing
   */
  static EventSchemas read(Path zip, String classes) throws IOException {
    Map<String, Map<String, byte[]>> jars = new TreeMap<>();
    FunctionsZip.visit(
        zip,
        (jar, name, in) -> {
          if (EventSchemas.isCompiled(name)) {
            jars.computeIfAbsent(zip + "!" + jar, _ -> new HashMap<>())
                .put(name, in.readAllBytes());
          }
          return true;
        });
    if (jars.isEmpty()) {
      throw new CatalogException(
          "-c functionsZip=" + zip, "it has no schemas of events; mvn package makes one that has");
    }
    EventSchemas schemas = EventSchemas.ofFiles(jars);
    return classes.isEmpty()
        ? schemas
        : schemas.with(EventSchemas.ofFiles(Map.of(classes, files(Path.of(classes)))));
  }

  private static Map<String, byte[]> files(Path folder) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (EventSchemas.isCompiled(name)) {
          files.put(name, Files.readAllBytes(file));
        }
      }
    }
    return files;
  }
}
