package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder of events as their authors write them: {@code <event_type>/<version>.schema.json} with
 * {@code examples} and {@code counterexamples}. Beside them may stand what a Maven module has.
 */
final class SourceFolder {
  static final String SCHEMA = ".schema.json";
  static final String EXAMPLES = "examples";
  static final String COUNTEREXAMPLES = "counterexamples";

  private static final Set<String> NO_EVENTS = Set.of("src", "target", "pom.xml");
  private static final String FIRST = "1" + SCHEMA;

  private final Path root;
  private final List<Mistake> mistakes = new ArrayList<>();
  private final Map<String, Map<SchemaVersion, JsonNode>> own = new TreeMap<>();

  private SourceFolder(Path root) {
    this.root = root;
  }

  /** Reads all that is there; what is wrong is in {@link #mistakes()}. */
  static SourceFolder read(Path root) {
    SourceFolder folder = new SourceFolder(root);
    if (!Files.isDirectory(root)) {
      folder.mistakes.add(new Mistake(root, "", "must be a folder of events, and there is none"));
      return folder;
    }
    for (Path entry : list(root)) {
      folder.readEntry(entry);
    }
    return folder;
  }

  List<Mistake> mistakes() {
    return mistakes;
  }

  /** What each event has of its own, by type and version, as far as it is JSON. */
  Map<String, Map<SchemaVersion, JsonNode>> events() {
    return own;
  }

  Path file(String type, SchemaVersion version) {
    return root.resolve(type).resolve(version + SCHEMA);
  }

  /** An event's examples or counterexamples, sorted; none if there is no such folder. */
  List<Path> examples(String type, String kind) {
    Path folder = root.resolve(type).resolve(kind);
    return Files.isDirectory(folder) ? list(folder) : List.of();
  }

  Path folder(String type, String kind) {
    return root.resolve(type).resolve(kind);
  }

  private void readEntry(Path entry) {
    String name = String.valueOf(entry.getFileName());
    if (NO_EVENTS.contains(name) || name.endsWith(".md")) {
      return;
    }
    if (!Files.isDirectory(entry)) {
      mistakes.add(
          new Mistake(
              entry, "", "belongs to no event: an event is a folder, <event_type>/" + FIRST));
    } else if (!EventTypeRules.isEventType(name)) {
      mistakes.add(
          new Mistake(
              entry,
              "",
              "must be named as an event type: lower-case words with dots between them, such as"
                  + " order.placed, of at most "
                  + EventTypeRules.MAX_LENGTH
                  + " characters"));
    } else if (EventTypeRules.reservedPrefix(name).isPresent()) {
      mistakes.add(
          new Mistake(
              entry,
              "",
              "begins with "
                  + EventTypeRules.reservedPrefix(name).get()
                  + ", which is reserved; choose another first word"));
    } else {
      readEvent(entry, name);
    }
  }

  private void readEvent(Path folder, String type) {
    Map<SchemaVersion, JsonNode> versions = new TreeMap<>();
    for (Path file : list(folder)) {
      String name = String.valueOf(file.getFileName());
      boolean isFolder = Files.isDirectory(file);
      if (isFolder && (name.equals(EXAMPLES) || name.equals(COUNTEREXAMPLES))) {
        checkNames(file);
      } else if (!isFolder && name.endsWith(SCHEMA) && isVersion(name)) {
        parse(file, mistakes)
            .ifPresent(
                schema ->
                    versions.put(
                        SchemaVersion.parse(name.substring(0, name.length() - SCHEMA.length())),
                        schema));
      } else if (isFolder || !name.endsWith(".md")) {
        mistakes.add(
            new Mistake(
                file,
                "",
                "is not one of an event's files: "
                    + FIRST
                    + " (then 1.1"
                    + SCHEMA
                    + ", 2"
                    + SCHEMA
                    + " …), "
                    + EXAMPLES
                    + "/*.json and "
                    + COUNTEREXAMPLES
                    + "/*.json"));
      }
    }
    if (!Files.exists(folder.resolve(FIRST))) {
      mistakes.add(new Mistake(folder, "", "has no " + FIRST + ", which an event begins with"));
    }
    own.put(type, versions);
  }

  private void checkNames(Path folder) {
    for (Path file : list(folder)) {
      if (Files.isDirectory(file) || !file.toString().endsWith(".json")) {
        mistakes.add(new Mistake(file, "", "must be a file with one event, named *.json"));
      }
    }
  }

  private static boolean isVersion(String name) {
    try {
      SchemaVersion.parse(name.substring(0, name.length() - SCHEMA.length()));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static Optional<JsonNode> parse(Path file, List<Mistake> mistakes) {
    try {
      return switch (Json.parse(Files.readAllBytes(file))) {
        case Json.Parsed.Read(var value) -> Optional.of(value);
        case Json.Parsed.NotJson(var why) -> {
          mistakes.add(new Mistake(file, "", why));
          yield Optional.empty();
        }
      };
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  /** Sorted, without what editors and systems leave beside files. */
  private static List<Path> list(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(
              file -> {
                String name = String.valueOf(file.getFileName());
                return !name.startsWith(".") && !name.startsWith("#") && !name.endsWith("~");
              })
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + folder, e);
    }
  }
}
