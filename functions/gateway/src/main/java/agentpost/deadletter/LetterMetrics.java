package agentpost.deadletter;

import agentpost.catalog.AgentName;
import agentpost.metrics.MetricLine;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * What alarms look at, as lines of CloudWatch's Embedded Metric Format, one an agent and a run. An
 * agent that is well has no line: a metric is paid for in the hours in which it has a value, and an
 * alarm takes a missing one for good news.
 */
final class LetterMetrics {
  private final String bus;
  private final Clock clock;
  private final Consumer<String> log;

  LetterMetrics(String bus, Clock clock, Consumer<String> log) {
    this.bus = bus;
    this.clock = clock;
    this.log = log;
  }

  /**
   * @param stuck letters that will not go out by themselves
   * @param stopped nothing is delivered to it; an external agent
   * @param slow it answers so late that it holds more of the relay than others do
   */
  void measure(AgentName agent, int stuck, boolean circuitOpen, boolean stopped, boolean slow) {
    if (stuck == 0 && !circuitOpen && !stopped && !slow) {
      return;
    }
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    ObjectNode directive =
        line.putObject("_aws")
            .put("Timestamp", clock.millis())
            .putArray("CloudWatchMetrics")
            .addObject()
            .put("Namespace", MetricLine.NAMESPACE);
    directive.putArray("Dimensions").addArray().add("Bus").add("Agent");
    ArrayNode metrics =
        directive.putArray("Metrics").add(metric("DlqNotDraining")).add(metric("CircuitOpen"));
    line.put("Bus", bus)
        .put("Agent", agent.value())
        .put("DlqNotDraining", stuck)
        .put("CircuitOpen", circuitOpen ? 1 : 0);
    if (stopped) {
      metrics.add(metric("DeliveriesStopped"));
      line.put("DeliveriesStopped", 1);
    }
    if (slow) {
      metrics.add(metric("AgentSlow"));
      line.put("AgentSlow", 1);
    }
    log.accept(line.toString());
  }

  private static ObjectNode metric(String name) {
    return JsonNodeFactory.instance.objectNode().put("Name", name).put("Unit", "Count");
  }
}
