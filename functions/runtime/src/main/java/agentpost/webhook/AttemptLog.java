package agentpost.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;

/**
 * One line of JSON for one attempt, with everything on it that someone who is paged will ask for.
 * JSON's quoting keeps it one line.
 */
final class AttemptLog {
  private final ObjectNode line = JsonNodeFactory.instance.objectNode();

  AttemptLog(String agent, int bytes) {
    line.put("message", "attempt").put("agent", agent).put("bytes", bytes);
  }

  AttemptLog with(String name, String value) {
    line.put(name, value);
    return this;
  }

  void write(int status, long durationMillis, Consumer<String> log) {
    line.put("status", status).put("duration_ms", durationMillis);
    log.accept(line.toString());
  }
}
