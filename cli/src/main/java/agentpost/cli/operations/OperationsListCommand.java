package agentpost.cli.operations;

import agentpost.cli.terminal.Display;
import agentpost.cli.terminal.DurationText;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Table;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost operations list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists operations, open ones first, each group by age, youngest first.",
    footer = {"", "Example:", "  ./agentpost operations list --open --json"})
public final class OperationsListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final OperationsOptions place = new OperationsOptions();

  @Option(names = "--open", description = "Only open operations.")
  private boolean open;

  @Option(
      names = "--limit",
      defaultValue = "50",
      paramLabel = "N",
      description = "At most this many (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--limit': it must be 1 or more");
    }
    List<OperationView> found =
        place.findAll().stream()
            .filter(operation -> !open || operation.isOpen())
            .sorted(
                Comparator.comparing(OperationView::isOpen)
                    .thenComparing(OperationView::startedAt)
                    .reversed())
            .toList();
    List<OperationView> shown = found.subList(0, Math.min(limit, found.size()));
    PrintWriter out = spec.commandLine().getOut();
    Instant now = place.now();
    json.printList(
        out,
        shown.stream().map(operation -> operation.json(now, false)),
        () -> {
          table(shown, now, PlainWriter.display(out)).forEach(out::println);
          if (found.size() > shown.size()) {
            out.println((found.size() - shown.size()) + " more; --limit shows them");
          }
        });
    return 0;
  }

  public static List<String> table(List<OperationView> operations, Instant now, Display display) {
    if (operations.isEmpty()) {
      return List.of("no operations");
    }
    int id =
        operations.stream().mapToInt(operation -> operation.id().length()).reduce(36, Math::max);
    Table table = Table.of(display, id, 9, 18, 12, 7, 12, 20, 12);
    List<String> rows = new ArrayList<>();
    rows.add(table.row("OPERATION", "STATE", "AGENT", "PURPOSE", "ATTEMPT", "AGE", "DEADLINE", ""));
    for (OperationView o : operations) {
      rows.add(
          table.row(
              o.id(),
              o.state(),
              o.agent(),
              o.purpose(),
              String.valueOf(o.attempt()),
              DurationText.of(o.age(now)),
              o.deadline().toString(),
              o.remaining(now)));
    }
    return rows;
  }
}
