package agentpost.cli;

import agentpost.catalog.AgentName;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost dlq export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes an agent's dead letters to standard output, as a JSON list that can be mended and"
            + " given to redeliver. It takes none away.",
    footer = {
      "",
      "Example:",
      "  ./agentpost dlq export crm-sync --reason ERROR_FROM_TARGET > letters.json"
    })
final class DlqExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final DlqOptions place = new DlqOptions();
  @Mixin private final DlqFilters filters = new DlqFilters();

  @Parameters(
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "The agent's name.")
  private AgentName agent;

  @Override
  public Integer call() {
    LetterFilter meant = filters.filters();
    PrintWriter out = spec.commandLine().getOut();
    int exported =
        place.of(
            agent,
            queue -> {
              int count = 0;
              try (QueueBrowser look = queue.look();
                  DeadLetterFile.Writer letters = new DeadLetterFile.Writer(out)) {
                for (List<DeadLetter> page = look.page(DlqOptions.PAGE_SIZE);
                    !page.isEmpty();
                    page = look.page(DlqOptions.PAGE_SIZE)) {
                  for (DeadLetter letter : page.stream().filter(meant::match).toList()) {
                    letters.write(letter);
                    count++;
                  }
                }
              }
              return count;
            });
    spec.commandLine().getErr().println(exported + (exported == 1 ? " letter" : " letters"));
    return 0;
  }
}
