package agentpost.cli.deadletter;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.terminal.InterruptHook;
import agentpost.cli.terminal.Progress;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.lambda.LambdaClient;

/**
 * {@code agentpost dlq redrive}: invokes the redrive's function until it has nothing left to do.
 */
@Command(
    name = "redrive",
    mixinStandardHelpOptions = true,
    description =
        "Delivers an agent's dead letters to it again. Removes each letter once the agent has"
            + " accepted it.",
    footer = {
      "",
      "Exit code 0: all letters tried were delivered; 1: some were refused or not attempted.",
      "",
      "Example:",
      "  ./agentpost dlq redrive crm-sync --reason TIMEOUT --rate 5"
    })
final class DlqRedriveCommand implements Callable<Integer> {
  /** Runs that try nothing, because all their time goes by on letters that are not meant. */
  private static final int MAX_FRUITLESS_RUNS = 3;

  @Spec private CommandSpec spec;
  @Mixin private final DlqOptions place = new DlqOptions();
  @Mixin private final DlqFilters filters = new DlqFilters();

  @Parameters(
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "The agent's name.")
  private AgentName agent;

  @Option(
      names = "--rate",
      defaultValue = "10",
      paramLabel = "N",
      description = "Deliveries a second, 1 to 300 (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--max",
      defaultValue = "2147483647",
      paramLabel = "N",
      description = "At most this many letters (default: all).")
  private int max;

  @Option(names = "--dry-run", description = "Shows what would be delivered, and changes nothing.")
  private boolean dryRun;

  @Override
  public Integer call() {
    if (rate < 1 || rate > 300) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--rate': it must be 1 to 300");
    }
    if (max < 1) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--max': it must be 1 or more");
    }
    ObjectNode order =
        JsonNodeFactory.instance
            .objectNode()
            .put("agent", agent.value())
            .put("rate", rate)
            .put("dry_run", dryRun);
    filters.into(order.putObject("filters"));
    DeclaredAgent.require(place, agent);
    Progress progress = Progress.of(spec.commandLine().getOut());
    return place.withClient(
        LambdaClient.builder(),
        client -> {
          OutcomeCounts counts = new OutcomeCounts();
          try (RedriveProgress _ = RedriveProgress.start(place, agent, progress);
              InterruptHook _ =
                  RedriveFunction.sayAtInterrupt(
                      place, agent, counts, spec.commandLine().getOut())) {
            return redrive(new RedriveFunction(place, client), order, counts, progress);
          } finally {
            progress.end();
          }
        });
  }

  private int redrive(
      RedriveFunction function, ObjectNode order, OutcomeCounts counts, Progress out) {
    int fruitless = 0;
    while (true) {
      int before = counts.total();
      JsonNode report = function.invoke(order.put("max", max - before));
      for (JsonNode outcome : report.path("outcomes")) {
        counts.add(outcome);
        if (!outcome.path("outcome").asText().equals("delivered")) {
          out.say(OutcomeCounts.describe(outcome));
        }
      }
      fruitless = counts.total() == before ? fruitless + 1 : 0;
      if (!report.path("has_more").asBoolean()
          || dryRun
          || fruitless == MAX_FRUITLESS_RUNS
          || counts.total() >= max) {
        out.say(dryRun ? counts.wouldDeliver() + " would be delivered" : counts.toString());
        printStopReason(report, out);
        return counts.total() == counts.delivered() ? 0 : 1;
      }
      order.set("cursor", report.path("cursor"));
      out.say("so far " + counts);
    }
  }

  private void printStopReason(JsonNode report, Progress out) {
    switch (report.path("stop_reason").asText()) {
      case "AGENT_FAILING" ->
          out.say(
              "stopped: "
                  + agent
                  + " failed several times in a row, so it must be down; run this again when it is"
                  + " up");
      case "OUT_OF_TIME" ->
          out.say(
              "stopped before the end: there is more in the queue than one run can look through");
      default -> {}
    }
  }
}
