package agentpost.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What the compiler has put on a class path: every jar and folder has an index of its own, and all
 * of them count.
 */
final class CompiledSchemas {
  static final String FOLDER = "agentpost/schemas/";

  /**
   * Lines such as {@code user.signed_up/1}. Among the services' files, since whatever makes one jar
   * of several joins the lines of those; under a name that is not one of Java's, for the module
   * system looks into those that have one (java.lang.module.ModuleFinder, "Automatic modules").
   */
  static final String INDEX = "META-INF/services/agentpost.event-schemas";

  /**
   * @param root the jar or folder that has it
   */
  private record Entry(String root, JsonNode document) {}

  private interface Reader {
    /** The text of a file of the same jar or folder; nothing if there is none. */
    Optional<String> read(String name) throws IOException;
  }

  private final Map<String, Map<SchemaVersion, Entry>> entries = new TreeMap<>();

  private CompiledSchemas() {}

  /**
   * @param roots which jars and folders count, by their URLs
   * @throws IllegalStateException if an index names what is not there, or a schema is there twice
   *     and not the same
   */
  static CompiledSchemas read(ClassLoader classPath, Predicate<String> roots) {
    CompiledSchemas compiled = new CompiledSchemas();
    try {
      for (URL index : Collections.list(classPath.getResources(INDEX))) {
        String root = index.toString().substring(0, index.toString().length() - INDEX.length());
        if (roots.test(root)) {
          compiled.add(root, name -> read(classPath, root, name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the schemas of the class path", e);
    }
    return compiled;
  }

  /**
   * @param roots files by their names on a class path, by the jars and folders that have them
   * @throws IllegalStateException as above
   */
  static CompiledSchemas read(Map<String, Map<String, byte[]>> roots) {
    CompiledSchemas compiled = new CompiledSchemas();
    try {
      for (Map.Entry<String, Map<String, byte[]>> root : roots.entrySet()) {
        if (root.getValue().containsKey(INDEX)) {
          compiled.add(
              root.getKey(),
              name ->
                  Optional.ofNullable(root.getValue().get(name))
                      .map(bytes -> new String(bytes, UTF_8)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("What is in memory cannot fail to be read", e);
    }
    return compiled;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  Map<String, Map<SchemaVersion, JsonNode>> documents() {
    Map<String, Map<SchemaVersion, JsonNode>> documents = new TreeMap<>();
    entries.forEach(
        (type, versions) -> {
          Map<SchemaVersion, JsonNode> all = new TreeMap<>();
          versions.forEach((version, entry) -> all.put(version, entry.document()));
          documents.put(type, all);
        });
    return documents;
  }

  /** Who has each event type. */
  Map<String, String> roots() {
    Map<String, String> roots = new TreeMap<>();
    entries.forEach(
        (type, versions) -> roots.put(type, versions.values().iterator().next().root()));
    return roots;
  }

  private void add(String root, Reader reader) throws IOException {
    for (String line : reader.read(INDEX).orElse("").lines().toList()) {
      int slash = line.indexOf('/');
      Entry entry = new Entry(root, document(root, reader, FOLDER + line + SourceFolder.SCHEMA));
      Entry other =
          entries
              .computeIfAbsent(line.substring(0, slash), _ -> new TreeMap<>())
              .putIfAbsent(SchemaVersion.parse(line.substring(slash + 1)), entry);
      if (other != null && !other.document().equals(entry.document())) {
        throw new IllegalStateException(
            "The schema "
                + line
                + " is there twice, and not the same: in "
                + other.root()
                + " and in "
                + root);
      }
    }
  }

  private static JsonNode document(String root, Reader reader, String name) throws IOException {
    String text =
        reader
            .read(name)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        root
                            + " has an index of schemas that names "
                            + name
                            + ", and no such file"));
    return switch (Json.parse(text)) {
      case Json.Parsed.Read(var document) -> document;
      case Json.Parsed.NotJson(var why) -> throw new IllegalStateException(root + name + " " + why);
    };
  }

  /** The class loader has its jars open already; a URL opens one again, where there are several. */
  private static Optional<String> read(ClassLoader classPath, String root, String name)
      throws IOException {
    List<URL> there = Collections.list(classPath.getResources(name));
    for (URL url : there) {
      if (url.toString().equals(root + name)) {
        try (InputStream in =
            there.size() == 1
                ? Objects.requireNonNull(classPath.getResourceAsStream(name), name)
                : url.openStream()) {
          return Optional.of(new String(in.readAllBytes(), UTF_8));
        }
      }
    }
    return Optional.empty();
  }
}
