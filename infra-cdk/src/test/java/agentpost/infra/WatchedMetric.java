package agentpost.infra;

import agentpost.infra.Template.Resource;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A metric that an alarm or a dashboard looks at.
 *
 * @param dimensions each with its value, or a star if a query finds all
 */
record WatchedMetric(String namespace, String name, Map<String, String> dimensions) {
  static final String EACH = "*";

  /** CloudWatch user guide, "Metrics Insights query components and syntax". */
  private static final Pattern QUERY =
      Pattern.compile(
          "SELECT (?:SUM|MAX)\\((\\w++)\\) FROM SCHEMA\\(\"([^\"]++)\", ([^)]++)\\)"
              + " WHERE (\\w++) = '([^']++)'(?: GROUP BY (\\w++) ORDER BY (?:SUM|MAX)\\(\\) DESC"
              + " LIMIT 10)?+");

  private static final JsonMapper JSON = new JsonMapper();

  /** As AWS's pages have it: with the names of its dimensions. */
  String kind() {
    return namespace + " " + name + " " + dimensions.keySet();
  }

  static Stream<WatchedMetric> all(Synthesized stack) {
    return Stream.concat(ofAlarms(stack), dashboards(stack).flatMap(WatchedMetric::ofDashboard));
  }

  static Stream<WatchedMetric> ofAlarms(Synthesized stack) {
    return stack
        .templates()
        .flatMap(template -> template.all("AWS::CloudWatch::Alarm").stream())
        .flatMap(WatchedMetric::ofAlarm);
  }

  private static Stream<WatchedMetric> ofAlarm(Resource alarm) {
    if (alarm.at("/Metrics").isMissingNode()) {
      return Stream.of(ofAlarm(alarm.properties()));
    }
    return alarm
        .at("/Metrics")
        .valueStream()
        .filter(one -> one.has("MetricStat") || one.path("Expression").asText().startsWith("SEL"))
        .map(
            one ->
                one.has("MetricStat")
                    ? ofAlarm(one.at("/MetricStat/Metric"))
                    : ofQuery(one.path("Expression").asText()));
  }

  private static WatchedMetric ofAlarm(JsonNode metric) {
    Map<String, String> dimensions = new TreeMap<>();
    metric
        .path("Dimensions")
        .forEach(one -> dimensions.put(one.path("Name").asText(), one.path("Value").asText()));
    return new WatchedMetric(
        metric.path("Namespace").asText(), metric.path("MetricName").asText(), dimensions);
  }

  /** Their bodies. */
  static Stream<JsonNode> dashboards(Synthesized stack) {
    return stack
        .templates()
        .flatMap(template -> template.all("AWS::CloudWatch::Dashboard").stream())
        .map(
            dashboard -> {
              try {
                return JSON.readTree(dashboard.text("/DashboardBody"));
              } catch (JsonProcessingException e) {
                throw new AssertionError(dashboard.id(), e);
              }
            });
  }

  /** Dots are what stands there in the line before. */
  static Stream<WatchedMetric> ofDashboard(JsonNode body) {
    List<WatchedMetric> watched = new ArrayList<>();
    for (JsonNode widget : body.path("widgets")) {
      List<String> before = List.of();
      for (JsonNode line : widget.at("/properties/metrics")) {
        List<String> texts = new ArrayList<>();
        for (JsonNode part : line) {
          if (part.isTextual()) {
            texts.add(part.asText().equals(".") ? before.get(texts.size()) : part.asText());
          } else if (part.path("expression").asText().startsWith("SELECT")) {
            watched.add(ofQuery(part.path("expression").asText()));
          }
        }
        if (!texts.isEmpty()) {
          watched.add(ofLine(texts));
        }
        before = texts;
      }
    }
    return watched.stream();
  }

  private static WatchedMetric ofLine(List<String> texts) {
    Map<String, String> dimensions = new TreeMap<>();
    for (int i = 2; i < texts.size(); i += 2) {
      dimensions.put(texts.get(i), texts.get(i + 1));
    }
    return new WatchedMetric(texts.get(0), texts.get(1), dimensions);
  }

  static WatchedMetric ofQuery(String text) {
    Matcher query = QUERY.matcher(text);
    if (!query.matches()) {
      throw new AssertionError("no query of ours: " + text);
    }
    Map<String, String> dimensions = new TreeMap<>();
    for (String dimension : query.group(3).split(", ")) {
      dimensions.put(dimension, dimension.equals(query.group(4)) ? query.group(5) : EACH);
    }
    return new WatchedMetric(query.group(2), query.group(1), dimensions);
  }
}
