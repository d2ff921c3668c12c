package agentpost.cli.deadletter;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.terminal.InterruptHook;
import agentpost.cli.terminal.Progress;
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
          RedriveRun run = new RedriveRun(new RedriveFunction(place, client)::invoke);
          try (RedriveProgress _ = RedriveProgress.start(place, agent, progress);
              InterruptHook _ =
                  RedriveFunction.sayAtInterrupt(
                      place, agent, run.counts(), spec.commandLine().getOut())) {
            return redrive(run, order, progress);
          } finally {
            progress.end();
          }
        });
  }

  private int redrive(RedriveRun run, ObjectNode order, Progress out) {
    OutcomeCounts counts = run.counts();
    String stopped =
        run.run(
            order,
            max,
            outcome -> {
              if (!outcome.path("outcome").asText().equals("delivered")) {
                out.say(OutcomeCounts.describe(outcome));
              }
            },
            () -> out.say("so far " + counts));
    out.say(dryRun ? counts.wouldDeliver() + " would be delivered" : counts.toString());
    if (!stopped.isEmpty()) {
      out.say(stopped);
    }
    return counts.total() == counts.delivered() ? 0 : 1;
  }
}
