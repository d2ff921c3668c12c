package agentpost.cli.cost;

import agentpost.cli.project.CdkOut;
import agentpost.cli.terminal.JsonOption;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code agentpost cost}: the launcher synthesizes before it starts this; what is in the template
 * is counted, and what goes over the bus estimated.
 */
@Command(
    name = "cost",
    mixinStandardHelpOptions = true,
    description = {
      "Estimates what the stack costs a month on AWS, at list prices without free tiers, and shows"
          + " each formula. Counts agents, alarms, secrets and everything else in the synthesized"
          + " template.",
      "Assumes one attempt per delivery. Does not include the cost of agents' own work."
    },
    footer = {"", "Example:", "  ./agentpost cost --events 100/s --subscribers 8"})
public final class CostCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--events",
      paramLabel = "RATE",
      converter = RateConverter.class,
      description = "Events on the bus, such as 100/s, 5/m, 20/h or 1000/d (default: none).")
  private double events;

  @Option(
      names = "--subscribers",
      paramLabel = "N",
      description =
          "Agents that get an event, on average. By default follows the catalog's subscriptions,"
              + " with all event types equally frequent.")
  private Optional<Double> subscribers = Optional.empty();

  @Option(
      names = "--event-bytes",
      paramLabel = "N",
      defaultValue = "1000",
      description = "An event's size in bytes (default: ${DEFAULT-VALUE}).")
  private int eventBytes;

  @Option(
      names = "--agent-millis",
      paramLabel = "N",
      defaultValue = "40",
      description = "Milliseconds until an agent answers (default: ${DEFAULT-VALUE}).")
  private int agentMillis;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    checkPositive("--event-bytes", eventBytes);
    checkPositive("--agent-millis", agentMillis);
    subscribers.ifPresent(number -> checkPositive("--subscribers", number));
    CostReport report =
        CostReport.of(
            StackInventory.read(CdkOut.directory()),
            PriceList.load(),
            events,
            subscribers,
            eventBytes,
            Duration.ofMillis(agentMillis));
    PrintWriter out = spec.commandLine().getOut();
    json.print(out, report::json, () -> report.print(out));
    return 0;
  }

  private void checkPositive(String option, double number) {
    if (!(number > 0) || Double.isInfinite(number)) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '" + option + "': it must be above 0");
    }
  }
}
