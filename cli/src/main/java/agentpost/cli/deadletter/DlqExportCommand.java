package agentpost.cli.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import agentpost.local.storage.Spool;
import java.io.PrintWriter;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
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
        "Writes an agent's dead letters to standard output, oldest first, as a JSON list to edit"
            + " and pass to redeliver. Removes none.",
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
              // On disk meanwhile: a queue of letters need not fit into memory, and SQS has no
              // order.
              SortedMap<DeadLetter.Age, Spool.Kept> oldestFirst = new TreeMap<>();
              try (Spool texts = new Spool();
                  QueueBrowser look = queue.look();
                  DeadLetterFile.Writer letters = new DeadLetterFile.Writer(out)) {
                for (List<DeadLetter> page = look.page(DlqOptions.PAGE_SIZE);
                    !page.isEmpty();
                    page = look.page(DlqOptions.PAGE_SIZE)) {
                  for (DeadLetter letter : page.stream().filter(meant::match).toList()) {
                    oldestFirst.put(
                        letter.age(), texts.keep(DeadLetterFile.text(letter).getBytes(UTF_8)));
                  }
                }
                oldestFirst
                    .values()
                    .forEach(text -> letters.write(new String(text.bytes().orElseThrow(), UTF_8)));
              }
              return oldestFirst.size();
            });
    spec.commandLine().getErr().println(exported + (exported == 1 ? " letter" : " letters"));
    return 0;
  }
}
