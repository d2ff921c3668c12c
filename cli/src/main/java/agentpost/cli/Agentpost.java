package agentpost.cli;

import agentpost.cli.agents.AgentsCommand;
import agentpost.cli.agents.CheckUrlCommand;
import agentpost.cli.cost.CostCommand;
import agentpost.cli.deadletter.DlqCommand;
import agentpost.cli.deadletter.DlqDiscardCommand;
import agentpost.cli.deadletter.RedeliverCommand;
import agentpost.cli.demo.DemoCommand;
import agentpost.cli.deployment.DiffCommand;
import agentpost.cli.deployment.PreflightCommand;
import agentpost.cli.deployment.RollbackCommand;
import agentpost.cli.docs.DocsCommand;
import agentpost.cli.doctor.DoctorCommand;
import agentpost.cli.events.EventsCheckCommand;
import agentpost.cli.events.EventsCommand;
import agentpost.cli.events.EventsListCommand;
import agentpost.cli.events.EventsShowCommand;
import agentpost.cli.events.PutCommand;
import agentpost.cli.events.TryCommand;
import agentpost.cli.local.LocalCommand;
import agentpost.cli.operations.OperationsCommand;
import agentpost.cli.project.BuiltVersion;
import agentpost.cli.project.CdkOut;
import agentpost.cli.project.NewAgentCommand;
import agentpost.cli.project.NewCommand;
import agentpost.cli.project.NewEventCommand;
import agentpost.cli.project.SynthCommand;
import agentpost.cli.replay.ReplayCommand;
import agentpost.cli.secrets.SecretsCommand;
import agentpost.cli.signing.SignCommand;
import agentpost.cli.signing.VerifyCommand;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.CommandLineSecrets;
import agentpost.cli.terminal.CompletionCommand;
import agentpost.cli.terminal.Display;
import agentpost.cli.terminal.HelpText;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.UsageErrors;
import agentpost.cli.verification.VerifyDeploymentCommand;
import agentpost.platform.Network;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command's root. Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong. */
@Command(
    name = "agentpost",
    mixinStandardHelpOptions = true,
    versionProvider = BuiltVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "A post office for your agents' events: one event in, a signed webhook to every agent that"
            + " subscribed.",
    footer = {"", "Start with:", "  ./agentpost demo"})
public final class Agentpost implements Runnable {
  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    Display out = Display.of("out", System.getenv(), System.getProperties());
    Display err = Display.of("err", System.getenv(), System.getProperties());
    System.exit(commandLine(System.in, out, err).execute(args));
  }

  public static CommandLine commandLine(InputStream in) {
    return commandLine(in, Display.FILE, Display.FILE);
  }

  /**
   * @param in where {@code sign} and {@code verify} read the body, and {@code dlq discard}, {@code
   *     replay --force}, {@code rollback} and {@code verify-deployment} an answer
   */
  static CommandLine commandLine(InputStream in, Display out, Display err) {
    return new CommandLine(new Agentpost())
        .addSubcommand(new AgentsCommand())
        .addSubcommand(new CheckUrlCommand(Network.internet()))
        .addSubcommand(new CompletionCommand())
        .addSubcommand(new CostCommand())
        .addSubcommand(new DemoCommand())
        .addSubcommand(new DiffCommand(CdkOut::assembly))
        .addSubcommand(new CommandLine(new DlqCommand()).addSubcommand(new DlqDiscardCommand(in)))
        .addSubcommand(new DocsCommand(CdkOut::assembly))
        .addSubcommand(new DoctorCommand(CdkOut::directory, CdkOut::read))
        .addSubcommand(
            new CommandLine(new EventsCommand())
                .addSubcommand(new EventsCheckCommand(CdkOut::assembly))
                .addSubcommand(new EventsListCommand(CdkOut::assembly))
                .addSubcommand(new EventsShowCommand(CdkOut::assembly)))
        .addSubcommand(new LocalCommand())
        .addSubcommand(
            new CommandLine(new NewCommand())
                .addSubcommand(new NewAgentCommand())
                .addSubcommand(new NewEventCommand()))
        .addSubcommand(new OperationsCommand())
        .addSubcommand(new PreflightCommand(CdkOut::assembly))
        .addSubcommand(new PutCommand())
        .addSubcommand(new RedeliverCommand())
        .addSubcommand(new ReplayCommand(in))
        .addSubcommand(new RollbackCommand(in))
        .addSubcommand(new SecretsCommand())
        .addSubcommand(new SignCommand(in))
        .addSubcommand(new SynthCommand())
        .addSubcommand(new TryCommand())
        .addSubcommand(new VerifyCommand(in))
        .addSubcommand(new VerifyDeploymentCommand(in))
        .setExpandAtFiles(false)
        .setColorScheme(CommandLine.Help.defaultColorScheme(out.ansi()))
        .setUsageHelpWidth(HelpText.WIDTH)
        .setParameterExceptionHandler(new UsageErrors(err))
        .setExecutionStrategy(parsed -> execute(parsed, out, err))
        .setExecutionExceptionHandler(
            (exception, commandLine, parsed) -> {
              PlainWriter.say(
                  commandLine.getErr(),
                  "agentpost: "
                      + CommandLineSecrets.of(commandLine, parsed.originalArgs())
                          .withoutThem(describe(exception)));
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  /** Help is our own and may have colour; whatever else is printed may be somebody else's text. */
  private static int execute(CommandLine.ParseResult parsed, Display out, Display err) {
    CommandLine root = parsed.commandSpec().commandLine();
    PrintWriter terminal = root.getOut();
    StringWriter text = new StringWriter();
    Integer help =
        CommandLine.executeHelpRequest(root.setOut(new PrintWriter(text)).getParseResult());
    root.setOut(terminal);
    if (help != null) {
      terminal.print(HelpText.wrap(text.toString(), out));
      terminal.flush();
      return help;
    }
    root.setOut(PlainWriter.wrap(root.getOut(), out)).setErr(PlainWriter.wrap(root.getErr(), err));
    return new CommandLine.RunLast().execute(parsed);
  }

  /**
   * What the person at the terminal can use: the message, and the kind of failure where that adds
   * something.
   */
  private static String describe(Exception exception) {
    String message = exception.getMessage();
    return exception instanceof CommandFailure && message != null ? message : exception.toString();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
