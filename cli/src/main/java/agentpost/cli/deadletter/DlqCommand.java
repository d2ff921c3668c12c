package agentpost.cli.deadletter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost dlq}: what could not be delivered. */
@Command(
    name = "dlq",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Shows agents' dead letters, and delivers them again to their agent.",
    subcommands = {
      DlqListCommand.class,
      DlqShowCommand.class,
      DlqExportCommand.class,
      DlqRedriveCommand.class
    },
    footer = {"", "Example:", "  ./agentpost dlq list"})
public final class DlqCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
