package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of a class path, with compiled schemas and their index among whatever else it has.
 *
 * @param root of the class path
 */
record CompiledFolder(Path root) {
  /** Event types that a class path has elsewhere, by the jar or folder that has them. */
  Map<String, String> others(ClassLoader classPath) {
    return CompiledSchemas.read(classPath, other -> !isThis(other)).roots();
  }

  private boolean isThis(String url) {
    return url.startsWith("file:")
        && Path.of(URI.create(url)).normalize().equals(root.toAbsolutePath().normalize());
  }

  /** Files that are as they should be are left alone, and those of events that are gone go. */
  void write(Map<String, Map<SchemaVersion, JsonNode>> documents) throws IOException {
    List<String> lines = new ArrayList<>();
    Set<Path> written = new HashSet<>();
    for (Map.Entry<String, Map<SchemaVersion, JsonNode>> type : documents.entrySet()) {
      for (Map.Entry<SchemaVersion, JsonNode> version : type.getValue().entrySet()) {
        String line = type.getKey() + "/" + version.getKey();
        Path file = root.resolve(CompiledSchemas.FOLDER + line + SourceFolder.SCHEMA);
        write(file, SchemaText.write(version.getValue()));
        lines.add(line + "\n");
        written.add(file);
      }
    }
    for (Path old : files()) {
      if (!written.contains(old)) {
        Files.delete(old);
      }
    }
    lines.sort(Comparator.naturalOrder());
    write(root.resolve(CompiledSchemas.INDEX), String.join("", lines));
  }

  private Collection<Path> files() throws IOException {
    Path folder = root.resolve(CompiledSchemas.FOLDER);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder, 2)) {
      return all.filter(file -> file.toString().endsWith(SourceFolder.SCHEMA)).toList();
    }
  }

  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, text);
    }
  }
}
