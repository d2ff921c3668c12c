package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** What came of compiling a folder of events. */
public sealed interface Compilation {
  /**
   * @param documents whole schemas, by event type and version
   */
  record Compiled(Map<String, Map<SchemaVersion, JsonNode>> documents) implements Compilation {}

  /**
   * @param mistakes all of them, in the order of their files
   */
  record Failed(List<Mistake> mistakes) implements Compilation {
    public Failed {
      mistakes = List.copyOf(mistakes);
    }
  }
}
