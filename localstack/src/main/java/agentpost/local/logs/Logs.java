package agentpost.local.logs;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** CloudWatch Logs: groups whose last lines can be read. */
public final class Logs {
  /** A group forgets its oldest lines, so that a local cloud that is left running does not grow. */
  private static final int MOST_LINES = 5_000;

  /** Of one answer, as on AWS. */
  private static final int MOST_EVENTS = 10_000;

  private record Line(Instant at, String message) {}

  private final Map<String, Group> groups = new ConcurrentSkipListMap<>();
  private final JsonService service =
      new JsonService("CloudWatch Logs", "1.1", Map.of("DescribeLogGroups", this::describe, "FilterLogEvents", this::filter));

  public JsonService service() {
    return service;
  }

  public void create(String group) {
    groups.putIfAbsent(group, new Group(new ArrayDeque<>()));
  }

  public void remove(String group) {
    groups.remove(group);
  }

  /** False if there is no such group. */
  public boolean append(String group, Instant at, String message) {
    Group lines = groups.get(group);
    if (lines == null) {
      return false;
    }
    lines.add(new Line(at, message));
    return true;
  }

  /** A group's messages, oldest first; none if there is no such group. */
  public List<String> lines(String group) {
    Group lines = groups.get(group);
    return lines == null ? List.of() : lines.all().stream().map(Line::message).toList();
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
    Group lines = groups.get(input.path("logGroupName").asText());
    if (lines == null) {
      throw AwsException.badRequest("ResourceNotFoundException", "The specified log group does not exist.");
    }
    if (input.hasNonNull("filterPattern") && !input.path("filterPattern").asText().isEmpty()) {
      throw AwsException.badRequest("InvalidParameterException", "The local cloud does not support filterPattern.");
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.withArray("events");
    long from = input.path("startTime").asLong(0);
    long to = input.path("endTime").asLong(Long.MAX_VALUE);
    lines.all().stream()
        .filter(line -> line.at().toEpochMilli() >= from && line.at().toEpochMilli() <= to)
        .limit(input.path("limit").asInt(MOST_EVENTS))
        .forEach(line -> out.withArray("events").addObject().put("logStreamName", "local").put("timestamp", line.at().toEpochMilli()).put("message", line.message()));
    return out;
  }

  /** The last lines of a log group. */
  private record Group(ArrayDeque<Line> lines) {
    synchronized void add(Line line) {
      if (lines.size() == MOST_LINES) {
        lines.removeFirst();
      }
      lines.addLast(line);
    }

    synchronized List<Line> all() {
      return List.copyOf(lines);
    }
  }
}
