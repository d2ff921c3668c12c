package agentpost.cli.operations;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost operations}: the long work that agents wait for. */
@Command(
    name = "operations",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Shows the long work that agents requested: its state, age and deadline.",
    subcommands = {OperationsListCommand.class, OperationsShowCommand.class},
    footer = {"", "Example:", "  ./agentpost operations list"})
public final class OperationsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
