package agentpost.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost agents}: what the owners of external agents said of deliveries. */
@Command(
    name = "agents",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Shows which external agents have agreed to deliveries and which are stopped, and resumes them.",
    subcommands = {AgentsListCommand.class, AgentsResumeCommand.class},
    footer = {"", "Example:", "  ./agentpost agents list"})
final class AgentsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
