package agentpost.metrics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * One line of CloudWatch's Embedded Metric Format (CloudWatch user guide, "Specification: Embedded
 * metric format"): CloudWatch Logs takes the metrics out of it when it is logged, without a call to
 * anyone.
 */
public final class MetricLine {
  private static final String NAMESPACE = "agentpost";
  private final ObjectNode line = JsonNodeFactory.instance.objectNode();
  private final ArrayNode metrics;

  /**
   * @param dimensions name to value, from coarse to fine; there is a metric of each level, so that
   *     totals need no sum. Each combination of values is a metric of its own, and paid for, so
   *     values come from short lists only.
   */
  public MetricLine(Instant at, SequencedMap<String, String> dimensions) {
    this(at, dimensions, levels(dimensions));
  }

  /** A line of metrics that are of interest for all dimensions together only. */
  public static MetricLine withoutTotals(Instant at, SequencedMap<String, String> dimensions) {
    return new MetricLine(at, dimensions, List.of(List.copyOf(dimensions.keySet())));
  }

  private MetricLine(Instant at, Map<String, String> dimensions, List<List<String>> sets) {
    ObjectNode aws = line.putObject("_aws").put("Timestamp", at.toEpochMilli());
    ObjectNode directive =
        aws.putArray("CloudWatchMetrics").addObject().put("Namespace", NAMESPACE);
    ArrayNode dimensionSets = directive.putArray("Dimensions");
    sets.forEach(names -> names.forEach(dimensionSets.addArray()::add));
    metrics = directive.putArray("Metrics");
    dimensions.forEach(line::put);
  }

  private static List<List<String>> levels(SequencedMap<String, String> dimensions) {
    List<String> names = List.copyOf(dimensions.keySet());
    return IntStream.rangeClosed(1, names.size()).mapToObj(size -> names.subList(0, size)).toList();
  }

  /**
   * @param unit one of CloudWatch's, such as Count, Seconds or None
   */
  public MetricLine metric(String name, long value, String unit) {
    metrics.addObject().put("Name", name).put("Unit", unit);
    line.put(name, value);
    return this;
  }

  /** Something to find the line by, which makes no metric. */
  public MetricLine property(String name, String value) {
    line.put(name, value);
    return this;
  }

  /** The same with a figure. */
  public MetricLine property(String name, long value) {
    line.put(name, value);
    return this;
  }

  public String text() {
    return line.toString();
  }
}
