package agentpost.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command's root. Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong. */
@Command(
    name = "agentpost",
    mixinStandardHelpOptions = true,
    version = "agentpost 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    description = "A post office for your agents' events: one event in, a signed webhook to every agent that subscribed.",
    subcommands = {DemoCommand.class, LocalCommand.class, PutCommand.class, SignCommand.class, VerifyCommand.class},
    footer = {"", "Start with:  ./agentpost demo"})
public final class Agentpost implements Runnable {
  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Agentpost())
        .setExecutionExceptionHandler(
            (exception, commandLine, _) -> {
              commandLine.getErr().println("agentpost: " + described(exception));
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  /** What the person at the terminal can use: the message, and the kind of failure where that adds something. */
  private static String described(Exception exception) {
    String message = exception.getMessage();
    return exception instanceof CommandFailure && message != null ? message : exception.toString();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
