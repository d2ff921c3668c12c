package agentpost.cli.agents;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost agents}: how agents are. */
@Command(
    name = "agents",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Shows agents' health and what they publish and receive, and resumes stopped external"
            + " agents.",
    subcommands = {AgentsGraphCommand.class, AgentsListCommand.class, AgentsResumeCommand.class},
    footer = {"", "Example:", "  ./agentpost agents list"})
public final class AgentsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
