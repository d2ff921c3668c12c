package agentpost.cli.project;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost new agent}: an agent's class, test and entry in the catalog. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    description =
        "Adds a hosted agent to the project: its class, a test that fails until you fill it in, and"
            + " its entry in agents.yaml.",
    footer = {"", "Example:", "  ./agentpost new agent refund-agent --subscribes order.refunded"})
public final class NewAgentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      description = "Lower-case letters, digits and single hyphens, at most 40.")
  private String name;

  @Option(
      names = "--subscribes",
      required = true,
      split = ",",
      paramLabel = "TYPE",
      description = "The events it subscribes to, separated by commas.")
  private List<String> events;

  @Override
  public Integer call() {
    List<String> files =
        Additions.write(
            project -> new NewAgent(project, name, events, Additions.frameworkEvents()).write());
    files.forEach(file -> spec.commandLine().getOut().println("wrote " + file));
    spec.commandLine()
        .getOut()
        .println("added " + name + " to " + Project.CATALOG + "; ./agentpost synth checks it");
    spec.commandLine().getOut().flush();
    return 0;
  }
}
