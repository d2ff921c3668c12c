package agentpost.local.logs;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import agentpost.local.wire.Pages;
import agentpost.local.wire.RequestModel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** CloudWatch Logs: groups whose last lines can be read. Each has one stream, {@code local}. */
public final class LogsService {
  /** A group forgets its oldest lines, so that a local cloud that is left running does not grow. */
  private static final int MAX_LINES = 5_000;

  /** Of all lines of all groups. The group that has most of them gives first. */
  static final long MAX_CHARACTERS = 16_000_000;

  /** Of one answer, as on AWS. */
  private static final int MAX_EVENTS = 10_000;

  private static final int MAX_DESCRIBED = 50;
  private static final String STREAM = "local";
  private static final String ARN = "arn:aws:logs:us-east-1:000000000000:log-group:";

  /**
   * @param number of the group's lines, from 0
   */
  private record Line(long number, Instant at, Instant ingested, String message) {
    /** As long as AWS's, and sorted like the lines. */
    String id() {
      return "%056d".formatted(number);
    }
  }

  private final Map<String, Group> groups = new ConcurrentSkipListMap<>();
  private final AtomicLong characters = new AtomicLong();
  private final AtomicLong forgotten = new AtomicLong();
  private final JsonService service =
      new JsonService(
          "CloudWatch Logs",
          "1.1",
          RequestModel.read(LogsService.class, "requests.json")
              .checkAll(
                  Map.of(
                      "DescribeLogGroups",
                      this::describeGroups,
                      "DescribeLogStreams",
                      this::describeStreams,
                      "FilterLogEvents",
                      this::filter)));

  public JsonService service() {
    return service;
  }

  public void create(String group) {
    groups.putIfAbsent(group, new Group(Instant.now()));
  }

  public void remove(String group) {
    Group removed = groups.remove(group);
    if (removed != null) {
      characters.addAndGet(-removed.characters());
    }
  }

  /** How many lines are not kept any more: the oldest of their groups. */
  public long countForgotten() {
    return forgotten.get();
  }

  /** False if there is no such group. */
  public boolean append(String group, Instant at, String message) {
    Group lines = groups.get(group);
    if (lines == null) {
      return false;
    }
    lines.add(at, message);
    while (characters.get() > MAX_CHARACTERS && findLargest().forgetOldest()) {
      // Until they fit, or nothing is left.
    }
    return true;
  }

  private Group findLargest() {
    return groups.values().stream()
        .max(Comparator.comparingLong(Group::characters))
        .orElseGet(() -> new Group(Instant.now()));
  }

  /** A group's messages, oldest first; none if there is no such group. */
  public List<String> lines(String group) {
    Group lines = groups.get(group);
    return lines == null ? List.of() : lines.allLines().stream().map(Line::message).toList();
  }

  private JsonNode describeGroups(ObjectNode input) {
    String prefix = input.path("logGroupNamePrefix").asText("");
    String part = input.path("logGroupNamePattern").asText("");
    if (!prefix.isEmpty() && !part.isEmpty()) {
      throw invalidParameter(
          "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    page(input, MAX_DESCRIBED)
        .fill(
            out,
            "logGroups",
            List.copyOf(groups.entrySet()).stream()
                .filter(group -> group.getKey().startsWith(prefix) && group.getKey().contains(part))
                .toList(),
            Map.Entry::getKey,
            group -> describe(group.getKey(), group.getValue()));
    return out;
  }

  private static ObjectNode describe(String name, Group group) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("logGroupName", name)
        .put("creationTime", group.created().toEpochMilli())
        .put("arn", ARN + name + ":*")
        .put("logGroupArn", ARN + name);
  }

  private JsonNode describeStreams(ObjectNode input) {
    String name = name(input);
    Group group = group(name);
    if (input.path("orderBy").asText().equals("LastEventTime")
        && input.hasNonNull("logStreamNamePrefix")) {
      throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
    }
    boolean isThere = STREAM.startsWith(input.path("logStreamNamePrefix").asText(""));
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    page(input, MAX_DESCRIBED)
        .fill(
            out,
            "logStreams",
            isThere ? List.of(STREAM) : List.of(),
            one -> one,
            _ -> stream(name, group));
    return out;
  }

  private static ObjectNode stream(String name, Group group) {
    ObjectNode stream =
        JsonNodeFactory.instance
            .objectNode()
            .put("logStreamName", STREAM)
            .put("creationTime", group.created().toEpochMilli());
    List<Line> lines = group.allLines();
    if (!lines.isEmpty()) {
      stream.put("firstEventTimestamp", lines.getFirst().at().toEpochMilli());
      stream.put("lastEventTimestamp", lines.getLast().at().toEpochMilli());
      stream.put("lastIngestionTime", lines.getLast().ingested().toEpochMilli());
    }
    return stream.put("arn", ARN + name + ":log-stream:" + STREAM).put("storedBytes", 0);
  }

  /** By name or by ARN, one of them. */
  private static String name(ObjectNode input) {
    String name = input.path("logGroupName").asText("");
    String identifier = input.path("logGroupIdentifier").asText("");
    if (name.isEmpty() == identifier.isEmpty()) {
      throw invalidParameter(
          "Exactly one of logGroupName and logGroupIdentifier must be specified.");
    }
    return name.isEmpty()
        ? identifier.startsWith(ARN)
            ? identifier.substring(ARN.length()).replaceFirst(":\\*$", "")
            : identifier
        : name;
  }

  private Group group(String name) {
    Group group = groups.get(name);
    if (group == null) {
      throw AwsException.badRequest(
          "ResourceNotFoundException", "The specified log group does not exist.");
    }
    return group;
  }

  private JsonNode filter(ObjectNode input) {
    Group group = group(name(input));
    Predicate<String> pattern = FilterPattern.of(input.path("filterPattern").asText(""));
    if (input.hasNonNull("logStreamNames") && input.hasNonNull("logStreamNamePrefix")) {
      throw invalidParameter("Cannot specify both logStreamNames and logStreamNamePrefix.");
    }
    if (input.path("logStreamNames").valueStream().anyMatch(one -> !one.asText().equals(STREAM))) {
      throw AwsException.badRequest(
          "ResourceNotFoundException", "The specified log stream does not exist.");
    }
    boolean isThere = STREAM.startsWith(input.path("logStreamNamePrefix").asText(""));
    long from = input.path("startTime").asLong(0);
    long to = input.path("endTime").asLong(Long.MAX_VALUE);
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    page(input, MAX_EVENTS)
        .fill(
            out,
            "events",
            group.allLines().stream()
                .filter(
                    line ->
                        isThere
                            && line.at().toEpochMilli() >= from
                            && line.at().toEpochMilli() <= to
                            && pattern.test(line.message()))
                .toList(),
            Line::id,
            LogsService::event);
    return out;
  }

  private static ObjectNode event(Line line) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("logStreamName", STREAM)
        .put("timestamp", line.at().toEpochMilli())
        .put("message", line.message())
        .put("ingestionTime", line.ingested().toEpochMilli())
        .put("eventId", line.id());
  }

  /**
   * A token that is none is InvalidParameterException, the only error of a parameter that
   * FilterLogEvents, DescribeLogGroups and DescribeLogStreams have
   * (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html).
   */
  private static Pages page(ObjectNode input, int largest) {
    return Pages.of(input, "nextToken", "limit", largest, "InvalidParameterException");
  }

  private static AwsException invalidParameter(String why) {
    return AwsException.badRequest("InvalidParameterException", why);
  }

  /** The last lines of a log group. */
  private final class Group {
    private final Instant created;
    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private long count;
    private long held;

    Group(Instant created) {
      this.created = created;
    }

    Instant created() {
      return created;
    }

    synchronized void add(Instant at, String message) {
      if (lines.size() == MAX_LINES) {
        forgetOldest();
      }
      lines.addLast(new Line(count++, at, Instant.now(), message));
      held += message.length();
      characters.addAndGet(message.length());
    }

    /** False if there is none. */
    synchronized boolean forgetOldest() {
      Line oldest = lines.pollFirst();
      if (oldest == null) {
        return false;
      }
      held -= oldest.message().length();
      characters.addAndGet(-oldest.message().length());
      forgotten.incrementAndGet();
      return true;
    }

    synchronized long characters() {
      return held;
    }

    synchronized List<Line> allLines() {
      return List.copyOf(lines);
    }
  }
}
