package agentpost.cli.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import java.util.function.Function;

/** A redrive, call by call of its function, until nothing is left to do. */
public final class RedriveRun {
  /** Runs that try nothing, because all their time goes by on letters that are not meant. */
  private static final int MAX_FRUITLESS_RUNS = 3;

  private final Function<ObjectNode, JsonNode> function;
  private final OutcomeCounts counts = new OutcomeCounts();

  /**
   * @param function answers an order with a report
   */
  public RedriveRun(Function<ObjectNode, JsonNode> function) {
    this.function = function;
  }

  /**
   * @param order without {@code max} and {@code cursor}
   * @param onOutcome told of each letter
   * @param onPause told after each call but the last
   * @return why it stopped, for people; empty if nothing is left
   */
  public String run(ObjectNode order, int max, Consumer<JsonNode> onOutcome, Runnable onPause) {
    int fruitless = 0;
    while (true) {
      int before = counts.total();
      JsonNode report = function.apply(order.put("max", max - before));
      for (JsonNode outcome : report.path("outcomes")) {
        counts.add(outcome);
        onOutcome.accept(outcome);
      }
      fruitless = counts.total() == before ? fruitless + 1 : 0;
      if (!report.path("has_more").asBoolean()
          || order.path("dry_run").asBoolean()
          || fruitless == MAX_FRUITLESS_RUNS
          || counts.total() >= max) {
        return stopReason(report, order.path("agent").asText());
      }
      order.set("cursor", report.path("cursor"));
      onPause.run();
    }
  }

  public OutcomeCounts counts() {
    return counts;
  }

  private static String stopReason(JsonNode report, String agent) {
    return switch (report.path("stop_reason").asText()) {
      case "AGENT_FAILING" ->
          "stopped: "
              + agent
              + " failed several times in a row, so it must be down; run this again when it is up";
      case "OUT_OF_TIME" ->
          "stopped before the end: there is more in the queue than one run can look through";
      default -> "";
    };
  }
}
