package agentpost.cli.operations;

import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.DurationText;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Table;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost operations show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Shows one operation with its request and outcome; for a flow's correlation_id, the"
            + " newest.",
    footer = {
      "",
      "Example:",
      "  ./agentpost operations show scheduling-agent.161d1b71-f469-5c86-bb99-fc3802a621fc"
    })
final class OperationsShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final OperationsOptions place = new OperationsOptions();

  @Parameters(
      paramLabel = "ID",
      description =
          "The operation's id (the correlation_id of its request and callback), or its flow's"
              + " correlation_id.")
  private String id;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    OperationView operation =
        place
            .find(id)
            .or(
                () ->
                    place.findAll().stream()
                        .filter(seen -> seen.correlationId().equals(id))
                        .max(Comparator.comparing(OperationView::startedAt)))
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "there is no such operation in "
                            + place.table()
                            + "; "
                            + place.nextCommand("operations list")
                            + " lists them"));
    PrintWriter out = spec.commandLine().getOut();
    Instant now = place.now();
    JsonNode all = operation.json(now, true);
    json.print(out, () -> all, () -> print(all, operation, now, out));
    return 0;
  }

  private static void print(JsonNode all, OperationView operation, Instant now, PrintWriter out) {
    Table table = Table.of(PlainWriter.display(out), 15, 20);
    all.properties()
        .forEach(
            field ->
                out.println(
                    table.row(
                        // In the JSON of seconds.
                        field.getKey().replace("age_seconds", "age"),
                        text(field.getKey(), field.getValue(), operation, now))));
  }

  private static String text(String name, JsonNode value, OperationView operation, Instant now) {
    return switch (name) {
      case "age_seconds" -> DurationText.of(operation.age(now));
      case "deadline" -> value.asText() + "  (" + operation.remaining(now) + ")";
      default -> value.isTextual() ? value.asText() : value.toString();
    };
  }
}
