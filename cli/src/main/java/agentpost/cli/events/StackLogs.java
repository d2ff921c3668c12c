package agentpost.cli.events;

import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.AwsApi;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deployment.AccountCheck;
import agentpost.cli.terminal.CommandFailure;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** What came on a stack's bus, and what its relay made of each delivery, by the logs of both. */
final class StackLogs {
  /** A line may be there only after later ones. */
  private static final Duration LATENESS = Duration.ofSeconds(30);

  private static final JsonMapper JSON = new JsonMapper();

  private final CloudOptions place;
  private final Map<String, Instant> shown = new HashMap<>();
  private Instant since;

  /** One of either log. */
  record Line(Instant at, boolean isEvent, JsonNode json) {}

  StackLogs(CloudOptions place, Instant since) {
    this.place = place;
    this.since = since;
  }

  /** What is new since the last time, oldest first. */
  List<Line> next() {
    List<Line> lines = new ArrayList<>();
    String bus = "/aws/events/" + place.prefix();
    String relay = ResourceNames.functionLog(place.names().relay());
    Instant from = since;
    place.askApi(
        api -> {
          read(api, bus, from, true, lines);
          read(api, relay, from, false, lines);
          return lines.size();
        });
    lines.sort(Comparator.comparing(Line::at).thenComparing(line -> !line.isEvent()));
    if (!lines.isEmpty()) {
      Instant late = lines.getLast().at().minus(LATENESS);
      since = late.isAfter(since) ? late : since;
      shown.values().removeIf(at -> at.isBefore(since));
    }
    return lines;
  }

  private void read(AwsApi api, String group, Instant from, boolean isEvent, List<Line> lines) {
    ObjectNode input =
        JsonNodeFactory.instance
            .objectNode()
            .put("logGroupName", group)
            .put("startTime", from.toEpochMilli());
    if (!isEvent) {
      input.put("filterPattern", "{ $.message = \"delivery\" }");
    }
    do {
      JsonNode page = ask(api, group, input);
      for (JsonNode each : page.path("events")) {
        Instant at = Instant.ofEpochMilli(each.path("timestamp").asLong());
        if (shown.put(group + " " + each.path("eventId").asText(), at) == null) {
          lines.add(new Line(at, isEvent, parse(each.path("message").asText())));
        }
      }
      input.set("nextToken", page.get("nextToken"));
    } while (input.hasNonNull("nextToken"));
  }

  private JsonNode ask(AwsApi api, String group, ObjectNode input) {
    try {
      return api.call(AwsApi.Service.LOGS, "Logs_20140328.FilterLogEvents", input.deepCopy());
    } catch (AwsServiceException e) {
      throw AccountCheck.code(e).equals("ResourceNotFoundException")
          ? place.missingResource("log group " + group)
          : new CommandFailure(
              group + " at " + place.label() + ": " + AccountCheck.why(e, "logs:FilterLogEvents"));
    } catch (SdkException e) {
      throw new CommandFailure(
          place.label()
              + " does not answer: "
              + e.getMessage()
              + (place.isAws()
                  ? "; next: " + place.nextOfAws("sts get-caller-identity")
                  : "; start ./agentpost local"));
    }
  }

  /** What is no JSON is no line of ours. */
  private static JsonNode parse(String message) {
    try {
      return JSON.readTree(message);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }
}
