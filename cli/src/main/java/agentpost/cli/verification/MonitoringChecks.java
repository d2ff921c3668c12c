package agentpost.cli.verification;

import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.AwsApi;
import agentpost.verification.Check;
import agentpost.verification.Outcome;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;

/** What the stage's deliveries have left in CloudWatch. */
final class MonitoringChecks {
  private static final String TARGET = "GraniteServiceVersion20100801.";
  private static final Duration LOOKBACK = Duration.ofHours(1);

  /** The refused events of this very run raise it. */
  private static final String RAISED = "failed-invocations";

  private MonitoringChecks() {}

  static List<Check<Probe>> all() {
    return List.of(
        new Check<>(
            "metrics",
            "CloudWatch has the relay's invocations and the dead letters",
            0,
            0,
            probe -> onCloudWatch(probe, () -> metrics(probe))),
        new Check<>(
            "alarms",
            "there are alarms, and none is raised but by this",
            0,
            0,
            probe -> onCloudWatch(probe, () -> alarms(probe))));
  }

  private static Outcome onCloudWatch(Probe probe, Supplier<Outcome> check) {
    if (probe.place().isLocalCloud()) {
      return new Outcome.Skipped("a local cloud has no CloudWatch");
    }
    try {
      return check.get();
    } catch (SdkException e) {
      return new Outcome.Failed("CloudWatch did not answer: " + e.getMessage());
    }
  }

  private static JsonNode call(Probe probe, String operation, ObjectNode input) {
    return probe
        .place()
        .askApi(api -> api.call(AwsApi.Service.MONITORING, TARGET + operation, input));
  }

  private static Outcome metrics(Probe probe) {
    ResourceNames names = probe.names();
    ArrayNode queries = JsonNodeFactory.instance.arrayNode();
    queries.add(query("relay", "AWS/Lambda", "Invocations", Map.of("FunctionName", names.relay())));
    queries.add(
        query(
            "letters",
            "AWS/Events",
            "InvocationsSentToDlq",
            new TreeMap<>(
                Map.of("EventBusName", names.prefix(), "RuleName", names.agent(probe.agent())))));
    Map<String, Double> sums =
        probe
            .patience()
            .await(
                probe.patience().check(),
                () -> sums(probe, queries),
                seen -> seen.values().stream().filter(sum -> sum > 0).count() == queries.size());
    return sums.values().stream().filter(sum -> sum > 0).count() == queries.size()
        ? new Outcome.Passed(sums.toString())
        : new Outcome.Failed(
            "after " + probe.patience().check().toMinutes() + " min CloudWatch has " + sums);
  }

  private static ObjectNode query(
      String id, String namespace, String metric, Map<String, String> dimensions) {
    ObjectNode query = JsonNodeFactory.instance.objectNode().put("Id", id);
    ObjectNode stat = query.putObject("MetricStat").put("Period", 60).put("Stat", "Sum");
    ObjectNode of = stat.putObject("Metric").put("Namespace", namespace).put("MetricName", metric);
    ArrayNode all = of.putArray("Dimensions");
    dimensions.forEach((name, value) -> all.addObject().put("Name", name).put("Value", value));
    return query;
  }

  private static Map<String, Double> sums(Probe probe, ArrayNode queries) {
    Instant now = Instant.now();
    ObjectNode input =
        JsonNodeFactory.instance
            .objectNode()
            .put("StartTime", now.minus(LOOKBACK).getEpochSecond())
            .put("EndTime", now.plusSeconds(60).getEpochSecond());
    input.set("MetricDataQueries", queries);
    Map<String, Double> sums = new TreeMap<>();
    for (JsonNode result : call(probe, "GetMetricData", input).path("MetricDataResults")) {
      double sum = 0;
      for (JsonNode value : result.path("Values")) {
        sum += value.asDouble();
      }
      sums.put(result.path("Id").asText(), sum);
    }
    return sums;
  }

  private static Outcome alarms(Probe probe) {
    Map<String, String> states = new TreeMap<>();
    ObjectNode input =
        JsonNodeFactory.instance
            .objectNode()
            .put("AlarmNamePrefix", probe.names().partPrefix())
            .put("MaxRecords", 100);
    List<String> others =
        probe.place().stacks().stream()
            .filter(stack -> stack.startsWith(probe.names().partPrefix()))
            .map(stack -> new ResourceNames(stack).partPrefix())
            .toList();
    String token;
    do {
      JsonNode page = call(probe, "DescribeAlarms", input);
      page.path("MetricAlarms")
          .forEach(
              alarm ->
                  states.put(alarm.path("AlarmName").asText(), alarm.path("StateValue").asText()));
      token = page.path("NextToken").asText("");
      input.put("NextToken", token);
    } while (!token.isEmpty());
    states.keySet().removeIf(alarm -> others.stream().anyMatch(alarm::startsWith));
    if (states.isEmpty()) {
      return new Outcome.Failed("there are none");
    }
    List<String> raised =
        states.entrySet().stream()
            .filter(alarm -> alarm.getValue().equals("ALARM"))
            .map(Map.Entry::getKey)
            .filter(alarm -> !alarm.equals(probe.names().part(RAISED)))
            .toList();
    return raised.isEmpty()
        ? new Outcome.Passed(states.size() + " alarms")
        : new Outcome.Failed("raised: " + String.join(", ", raised));
  }
}
