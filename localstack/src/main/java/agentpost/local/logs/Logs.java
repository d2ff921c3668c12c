package agentpost.local.logs;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;

/** CloudWatch Logs: groups whose last lines can be read. */
public final class Logs {
  /** A group forgets its oldest lines, so that a local cloud that is left running does not grow. */
  private static final int MOST_LINES = 5_000;

  private record Line(Instant at, String message) {}

  private final Map<String, ConcurrentLinkedDeque<Line>> groups = new ConcurrentSkipListMap<>();
  private final JsonService service =
      new JsonService("CloudWatch Logs", "1.1", Map.of("DescribeLogGroups", this::describe, "FilterLogEvents", this::filter));

  public JsonService service() {
    return service;
  }

  public void create(String group) {
    groups.putIfAbsent(group, new ConcurrentLinkedDeque<>());
  }

  /** False if there is no such group. */
  public boolean append(String group, Instant at, String message) {
    ConcurrentLinkedDeque<Line> lines = groups.get(group);
    if (lines == null) {
      return false;
    }
    lines.add(new Line(at, message));
    while (lines.size() > MOST_LINES) {
      lines.poll();
    }
    return true;
  }

  private JsonNode describe(ObjectNode input) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.withArray("logGroups");
    groups.keySet().stream()
        .filter(name -> name.startsWith(input.path("logGroupNamePrefix").asText("")))
        .forEach(
            name ->
                out.withArray("logGroups")
                    .addObject()
                    .put("logGroupName", name)
                    .put("arn", "arn:aws:logs:us-east-1:000000000000:log-group:" + name + ":*"));
    return out;
  }

  private JsonNode filter(ObjectNode input) {
    ConcurrentLinkedDeque<Line> lines = groups.get(input.path("logGroupName").asText());
    if (lines == null) {
      throw AwsException.badRequest("ResourceNotFoundException", "The specified log group does not exist.");
    }
    if (input.hasNonNull("filterPattern") && !input.path("filterPattern").asText().isEmpty()) {
      throw AwsException.badRequest("InvalidParameterException", "The local cloud does not support filterPattern.");
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.withArray("events");
    lines.forEach(
        line -> out.withArray("events").addObject().put("logStreamName", "local").put("timestamp", line.at().toEpochMilli()).put("message", line.message()));
    return out;
  }
}
