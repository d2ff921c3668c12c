package agentpost.cli.agents;

import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Table;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost agents list}: one row an agent. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = {
      "Lists every agent: its circuit and since when, the events that EventBridge holds for another"
          + " attempt, its dead letters, and whether an external agent's owner accepts deliveries.",
      "Only a local cloud knows how many events wait; AWS does not show it."
    },
    footer = {"", "Example:", "  ./agentpost agents list"})
final class AgentsListCommand implements Callable<Integer> {
  private static final String HEADING = "AGENT";
  private static final int MIN_STATE_WIDTH = 24;

  @Spec private CommandSpec spec;
  @Mixin private final AgentsOptions place = new AgentsOptions();

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    List<AgentView> agents = AgentView.findAll(place);
    PrintWriter out = spec.commandLine().getOut();
    json.printList(out, agents.stream().map(AgentView::json), () -> print(agents, out));
    return 0;
  }

  private void print(List<AgentView> agents, PrintWriter out) {
    if (agents.isEmpty()) {
      out.println("no agents");
      return;
    }
    Instant now = place.now();
    int longest = agents.stream().mapToInt(agent -> agent.name().length()).max().orElse(0);
    Table table =
        Table.of(
            PlainWriter.display(out),
            Math.max(longest, HEADING.length()),
            8,
            7,
            15,
            -8,
            -7,
            MIN_STATE_WIDTH);
    boolean isAnyExternal = agents.stream().anyMatch(agent -> agent.state().isPresent());
    out.println(
        table.row(
            HEADING,
            "PLACE",
            "CIRCUIT",
            "SINCE",
            "RETRYING",
            "LETTERS",
            isAnyExternal && table.fits() ? "DELIVERIES" : ""));
    for (AgentView agent : agents) {
      String[] cells = agent.cells(now, place);
      int last = cells.length - 1;
      if (!table.fits() && !cells[last].isEmpty()) {
        // Below the row, where no heading says what it is.
        cells[last] = "deliveries: " + cells[last];
      }
      out.println(table.row(cells));
    }
  }
}
