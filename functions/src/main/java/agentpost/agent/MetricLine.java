package agentpost.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;

/**
 * One line of CloudWatch's Embedded Metric Format (CloudWatch user guide, "Specification: Embedded metric format"): CloudWatch Logs takes
 * the metrics out of it when it is logged, without a call to anyone.
 */
final class MetricLine {
  static final String NAMESPACE = "agentpost";
  private final ObjectNode line = JsonNodeFactory.instance.objectNode();
  private final ArrayNode metrics;

  /** @param dimensions name to value; each combination of values is a metric of its own, and paid for, so values come from short lists only */
  MetricLine(Instant at, Map<String, String> dimensions) {
    ObjectNode aws = line.putObject("_aws").put("Timestamp", at.toEpochMilli());
    ObjectNode directive = aws.putArray("CloudWatchMetrics").addObject().put("Namespace", NAMESPACE);
    ArrayNode names = directive.putArray("Dimensions").addArray();
    metrics = directive.putArray("Metrics");
    dimensions.forEach(
        (name, value) -> {
          names.add(name);
          line.put(name, value);
        });
  }

  /** @param unit one of CloudWatch's, such as Count, Seconds or None */
  MetricLine metric(String name, long value, String unit) {
    metrics.addObject().put("Name", name).put("Unit", unit);
    line.put(name, value);
    return this;
  }

  /** Something to find the line by, which makes no metric. */
  MetricLine property(String name, String value) {
    line.put(name, value);
    return this;
  }

  String text() {
    return line.toString();
  }
}
