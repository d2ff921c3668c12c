package agentpost.cli.agents;

import agentpost.cli.events.EventCatalog;
import agentpost.cli.project.CdkOut;
import agentpost.cli.terminal.PlainWriter;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agentpost agents graph}: who publishes what, and who receives it. */
@Command(
    name = "graph",
    mixinStandardHelpOptions = true,
    description =
        "Draws who publishes and who receives which event, as a Mermaid flowchart or SVG; dotted"
            + " where a pattern asks for more than the type. Publishers are those of examples and"
            + " sources. Warns of loops.",
    footer = {"", "Example:", "  ./agentpost agents graph"})
final class AgentsGraphCommand implements Callable<Integer> {
  /** What it is drawn as. */
  enum Format {
    mermaid,
    svg
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "mermaid",
      description = "mermaid, the default, which GitHub draws; or svg, with loops in red.")
  private Format format;

  @Override
  public Integer call() {
    EventGraph graph = EventGraph.of(EventCatalog.read(CdkOut.assembly()));
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        switch (format) {
          case mermaid -> MermaidGraph.write(graph);
          case svg -> SvgGraph.write(graph);
        });
    out.flush();
    for (List<String> cycle : graph.cycles()) {
      PlainWriter.say(spec.commandLine().getErr(), "may loop: " + String.join(" → ", cycle));
    }
    return 0;
  }
}
