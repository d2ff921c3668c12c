package agentpost.cli.cost;

import agentpost.cli.cost.Estimate.Line;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Table;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What {@code cost} says.
 *
 * @param eventsPerSecond 0 if there are none
 * @param standing what a month costs without an event
 * @param traffic what its events and deliveries cost
 * @param hostedMillion what a million deliveries to a hosted agent cost, their events aside
 * @param hostedMillionAtOtherDoor the same with the other of {@code deliveries}
 */
record CostReport(
    StackInventory stack,
    PriceList prices,
    double eventsPerSecond,
    double subscribers,
    List<Line> standing,
    List<Line> traffic,
    double eventMillion,
    double hostedMillion,
    double externalMillion,
    double hostedMillionAtOtherDoor) {
  private static final String REST_API = "restApi";
  private static final String FUNCTION_URL = "functionUrl";
  private static final double MILLION = 1_000_000;

  static CostReport of(
      StackInventory stack,
      PriceList prices,
      double eventsPerSecond,
      Optional<Double> wanted,
      int eventBytes,
      Duration agentTime) {
    Estimate estimate = new Estimate(prices);
    double subscribers = wanted.orElse(stack.subscribers());
    double hostedShare = (double) stack.hosted() / Math.max(1, stack.agents().size());
    return new CostReport(
        stack,
        prices,
        eventsPerSecond,
        subscribers,
        estimate.standing(stack),
        estimate.traffic(
            stack, Workload.of(eventsPerSecond, subscribers, hostedShare, eventBytes, agentTime)),
        million(estimate, stack, new Workload(MILLION, 0, 0, eventBytes, agentTime)),
        million(estimate, stack, new Workload(0, MILLION, 0, eventBytes, agentTime)),
        million(estimate, stack, new Workload(0, 0, MILLION, eventBytes, agentTime)),
        million(
            estimate, stack.withOtherDoor(), new Workload(0, MILLION, 0, eventBytes, agentTime)));
  }

  private static double million(Estimate estimate, StackInventory stack, Workload load) {
    return Estimate.sum(estimate.traffic(stack, load));
  }

  private double total() {
    return Estimate.sum(standing) + Estimate.sum(traffic);
  }

  /** What the agents' rates do not let through waits, and is dead-lettered in the end. */
  private boolean exceedsRates() {
    return eventsPerSecond * subscribers > stack.rate();
  }

  void print(PrintWriter out) {
    PlainWriter.say(
        out,
        stack.agents().size()
            + " agents, "
            + stack.hosted()
            + " of them hosted; list prices of "
            + prices.region()
            + ", "
            + prices.date()
            + ", in USD, no free tier");
    if (eventsPerSecond > 0) {
      PlainWriter.say(
          out,
          Amount.of(eventsPerSecond)
              + " events a second, each to "
              + Amount.of(subscribers)
              + " agents");
    }
    if (exceedsRates()) {
      PlainWriter.say(
          out,
          "note: the agents' rates allow "
              + Amount.of(stack.rate())
              + " deliveries a second; more than that wait");
    }
    out.println();
    Table table = Table.of(PlainWriter.display(out), 16, -12, 40);
    out.println(table.row("A MONTH", "USD", "FORMULA"));
    print(table, standing, out);
    print(table, traffic, out);
    out.println(table.row("all", Amount.usd(total()), ""));
    out.println();
    out.println(table.row("A MILLION", "USD", ""));
    out.println(table.row("events", Amount.usd(eventMillion), "before anyone gets them"));
    out.println(table.row("deliveries", Amount.usd(hostedMillion), "to a hosted agent"));
    out.println(table.row("deliveries", Amount.usd(externalMillion), "to an external one"));
    out.println(
        table.row(
            "deliveries",
            Amount.usd(hostedMillionAtOtherDoor),
            "to a hosted agent with deliveries: "
                + (stack.hasRelayUrl() ? REST_API : FUNCTION_URL)));
  }

  private static void print(Table table, List<Line> lines, PrintWriter out) {
    lines.forEach(
        line -> out.println(table.row(line.component(), Amount.usd(line.usd()), line.formula())));
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("currency", "USD")
        .put("region", prices.region())
        .put("prices_of", prices.date().toString())
        .put("agents", stack.agents().size())
        .put("hosted", stack.hosted())
        .put("events_per_second", eventsPerSecond)
        .put("subscribers", subscribers)
        .put("deliveries", stack.hasRelayUrl() ? FUNCTION_URL : REST_API)
        .put("exceeds_rates", exceedsRates());
    ArrayNode lines = json.putArray("month");
    standing.forEach(line -> add(lines, line));
    traffic.forEach(line -> add(lines, line));
    json.put("month_usd", round(total()));
    json.putObject("million_usd")
        .put("events", round(eventMillion))
        .put("deliveries_hosted", round(hostedMillion))
        .put("deliveries_external", round(externalMillion))
        .put("deliveries_hosted_at_other_door", round(hostedMillionAtOtherDoor));
    return json;
  }

  private static void add(ArrayNode lines, Line line) {
    lines
        .addObject()
        .put("component", line.component())
        .put("formula", line.formula())
        .put("usd", round(line.usd()));
  }

  private static double round(double usd) {
    return Math.round(usd * 100) / 100.0;
  }
}
