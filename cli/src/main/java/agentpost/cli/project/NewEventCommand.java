package agentpost.cli.project;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost new event}: an event's files, to be filled in. */
@Command(
    name = "event",
    mixinStandardHelpOptions = true,
    description =
        "Adds an event to the project: its schema, an example and a counterexample. The build fails"
            + " until the example is valid and the counterexample is not.",
    footer = {"", "Example:", "  ./agentpost new event order.refunded"})
public final class NewEventCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "TYPE", description = "What happened to what, such as order.refunded.")
  private String type;

  @Override
  public Integer call() {
    List<String> files =
        Additions.write(
            project -> new NewEvent(project, type, Additions.frameworkEvents()).write());
    files.forEach(file -> spec.commandLine().getOut().println("wrote " + file));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
