package agentpost.cli.cost;

import agentpost.cli.cost.PriceList.Item;
import agentpost.health.HealthTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a month costs, line by line, each with its formula. */
final class Estimate {
  /** Count, 4XXError, 5XXError, Latency, IntegrationLatency. */
  private static final int METRICS_OF_A_METHOD = 5;

  private static final double RUNS = Workload.HOURS * 60;

  /** What the relay needs beside the agent's own time: signing, two calls of a table, the way. */
  private static final Duration RELAY_TIME = Duration.ofMillis(20);

  /** Of a run that finds nothing to do. */
  private static final double RUN_SECONDS = 0.1;

  /** A hosted agent claims, and is done. */
  private static final int CLAIM_WRITES = 2;

  /** An attempt's line, with START, END and REPORT, and what CloudWatch adds to each. */
  private static final double FUNCTION_LOG_KB = 0.9;

  private static final double ACCESS_LOG_KB = 0.3;

  /** X-Ray's default rule, beyond its first request a second. */
  private static final double TRACED = 0.05;

  /** Of a delivery's headers and of the answer's. */
  private static final double HEADERS_KB = 0.5;

  private static final double KB_PER_GB = 1_000_000;

  private final PriceList prices;

  Estimate(PriceList prices) {
    this.prices = prices;
  }

  /**
   * @param formula whose result is the price
   */
  record Line(String component, String formula, double usd) {}

  static double sum(List<Line> lines) {
    return lines.stream().mapToDouble(Line::usd).sum();
  }

  private record Term(double quantity, String text, double usd) {}

  private Term term(double quantity, String text, Item item) {
    PriceList.Price price = prices.of(item);
    return new Term(quantity, text + " × " + price.text(quantity), price.of(quantity));
  }

  private Term term(double quantity, Item item) {
    return term(quantity, Amount.of(quantity), item);
  }

  /** Without any there is no line. */
  private static Stream<Line> line(String component, Term... terms) {
    List<Term> some = Stream.of(terms).filter(term -> term.quantity() > 0).toList();
    return some.isEmpty()
        ? Stream.empty()
        : Stream.of(
            new Line(
                component,
                some.stream().map(Term::text).collect(Collectors.joining(" + ")),
                some.stream().mapToDouble(Term::usd).sum()));
  }

  /** Whether or not there is an event. */
  List<Line> standing(StackInventory stack) {
    double runs = stack.schedules() * RUNS;
    double runSeconds = runs * RUN_SECONDS * stack.memoryGb();
    int methodMetrics = stack.detailedMethods() * METRICS_OF_A_METHOD;
    double hours = Workload.HOURS;
    return Stream.of(
            line("secrets", term(stack.secrets(), Item.SECRET)),
            line("keys", term(stack.keys(), Item.KEY)),
            line("alarms", term(stack.alarms(), Item.ALARM)),
            line("heartbeats", term(stack.heartbeats(), Item.METRIC)),
            line("dashboards", term(stack.dashboards(), Item.DASHBOARD)),
            line(
                "detailed metrics",
                term(
                    methodMetrics,
                    stack.detailedMethods() + " methods × " + METRICS_OF_A_METHOD,
                    Item.METRIC)),
            line(
                "runs each minute",
                term(runs, Item.SCHEDULE_RUN),
                term(runs, Item.LAMBDA_REQUEST),
                term(runSeconds, Amount.of(runSeconds) + " GB-s", Item.LAMBDA_GB_SECOND)),
            line(
                "NAT gateways",
                term(stack.natGateways() * hours, stack.natGateways() + " × 730 h", Item.NAT_HOUR),
                term(stack.addresses() * hours, stack.addresses() + " × 730 h", Item.ADDRESS_HOUR)),
            line(
                "firewall",
                term(stack.webAcls(), Item.WEB_ACL),
                term(stack.webAclRules(), Item.WEB_ACL_RULE)))
        .flatMap(lines -> lines)
        .toList();
  }

  /** What grows with events and deliveries. */
  List<Line> traffic(StackInventory stack, Workload load) {
    double eventGb = load.events() * load.eventBytes() / 1000 / KB_PER_GB;
    String gb = Amount.of(eventGb) + " GB";
    double requests = load.requests();
    double apiRequests = stack.hasRelayUrl() ? 0 : requests;
    double accessGb = apiRequests * ACCESS_LOG_KB / KB_PER_GB;
    double functionGb = requests * FUNCTION_LOG_KB / KB_PER_GB;
    double relaySeconds =
        load.deliveries() * seconds(load.agentTime().plus(RELAY_TIME)) * stack.memoryGb();
    double agentSeconds = load.hosted() * seconds(load.agentTime()) * stack.memoryGb();
    double outGb = load.external() * (load.eventBytes() / 1000.0 + HEADERS_KB) / KB_PER_GB;
    double calledGb = stack.natGateways() == 0 ? 0 : load.deliveries() * 2 / KB_PER_GB;
    return Stream.of(
            line("events", term(load.events(), Item.EVENT)),
            line(
                "archive",
                term(eventGb, gb, Item.ARCHIVE_GB),
                term(eventGb, gb, Item.ARCHIVE_GB_MONTH)),
            line(
                "log of events",
                term(eventGb, gb, Item.LOG_GB),
                term(eventGb, gb, Item.LOG_GB_MONTH)),
            line("API destinations", term(load.deliveries(), Item.API_DESTINATION_CALL)),
            line("REST API", term(apiRequests, Item.REST_REQUEST)),
            line("functions, calls", term(requests, Item.LAMBDA_REQUEST)),
            line(
                "functions, time",
                term(
                    relaySeconds + agentSeconds,
                    "("
                        + Amount.of(relaySeconds)
                        + " relay + "
                        + Amount.of(agentSeconds)
                        + " agents) GB-s",
                    Item.LAMBDA_GB_SECOND)),
            line(
                "tables",
                term(
                    load.deliveries() * HealthTable.WRITES_PER_ATTEMPT
                        + load.hosted() * CLAIM_WRITES,
                    "("
                        + HealthTable.WRITES_PER_ATTEMPT
                        + " × "
                        + Amount.of(load.deliveries())
                        + " + "
                        + CLAIM_WRITES
                        + " × "
                        + Amount.of(load.hosted())
                        + " hosted) writes",
                    Item.TABLE_WRITE)),
            line("access log", logs(accessGb)),
            line("functions' logs", logs(functionGb)),
            line("traces", term(requests * TRACED, "5 % of " + Amount.of(requests), Item.TRACE)),
            line("transfer out", term(outGb, Amount.of(outGb) + " GB", Item.TRANSFER_GB)),
            line("NAT traffic", term(calledGb, Amount.of(calledGb) + " GB", Item.NAT_GB)))
        .flatMap(lines -> lines)
        .toList();
  }

  private Term[] logs(double gb) {
    List<Term> terms = new ArrayList<>();
    String text = Amount.of(gb) + " GB";
    terms.add(term(gb, text, Item.LOG_GB));
    terms.add(term(gb, text, Item.LOG_GB_MONTH));
    return terms.toArray(Term[]::new);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }
}
