package agentpost.cli.secrets;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost secrets}: what deliveries are signed with. */
@Command(
    name = "secrets",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Rotates secrets, and shows one for its owner.",
    subcommands = {SecretsRotateCommand.class, SecretsShowCommand.class},
    footer = {"", "Example:", "  ./agentpost secrets rotate crm-sync"})
public final class SecretsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
