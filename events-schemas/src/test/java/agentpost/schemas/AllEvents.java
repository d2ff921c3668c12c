package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;

/** The framework's events and the examples, as they are in their sources. */
final class AllEvents {
  static final Path FRAMEWORK = Path.of("src/main/events");
  static final Path EXAMPLES = Path.of("").toAbsolutePath();

  private AllEvents() {}

  static EventSchemas schemas() {
    return EventSchemas.of(documents(FRAMEWORK)).with(EventSchemas.of(documents(EXAMPLES)));
  }

  static Map<String, Map<SchemaVersion, JsonNode>> documents(Path folder) {
    return ((Compilation.Compiled) SchemaCompiler.compile(folder)).documents();
  }
}
