package agentpost.cli.events;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.project.ProjectSchemas;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.ShellWord;
import agentpost.cli.terminal.Table;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost events show}: what one event says, and to whom. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Shows an event's meaning, the fields of its data, and which agents receive it under which"
            + " condition.",
    footer = {"", "Example:", "  ./agentpost events show user.signed_up"})
public final class EventsShowCommand implements Callable<Integer> {
  private final Supplier<CloudAssembly> assembly;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "EVENT", description = "Its type, such as user.signed_up.")
  private String type;

  @Mixin private final JsonOption json = new JsonOption();

  /**
   * @param assembly the template, which has the agents' patterns
   */
  public EventsShowCommand(Supplier<CloudAssembly> assembly) {
    this.assembly = assembly;
  }

  @Override
  public Integer call() {
    EventSchemas schemas = ProjectSchemas.load();
    if (!schemas.eventTypes().contains(type)) {
      throw new CommandFailure(
          "there is no event "
              + type
              + "; there are "
              + String.join(", ", schemas.eventTypes())
              + "; ./agentpost new event "
              + ShellWord.quote(type)
              + " makes it");
    }
    List<Subscription> subscriptions =
        Subscription.readAll(assembly.get()).stream()
            .filter(each -> !each.conditions(type).isEmpty())
            .toList();
    PrintWriter out = spec.commandLine().getOut();
    json.print(out, () -> toJson(schemas, subscriptions), () -> print(schemas, subscriptions, out));
    return 0;
  }

  private ObjectNode toJson(EventSchemas schemas, List<Subscription> subscriptions) {
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("event_type", type);
    schemas.versions(type).forEach(version -> event.withArray("versions").add(version.toString()));
    ObjectNode agents = event.putObject("agents");
    for (Subscription each : subscriptions) {
      each.conditions(type).forEach(agents.putArray(each.agent())::add);
    }
    event.set("schema", schemas.newestDocument(type));
    return event;
  }

  private void print(EventSchemas schemas, List<Subscription> subscriptions, PrintWriter out) {
    JsonNode schema = schemas.newestDocument(type);
    String versions =
        schemas.versions(type).stream().map(Object::toString).collect(Collectors.joining(", "));
    out.println(type + " (" + versions + ")");
    PlainWriter.say(
        out, schema.path("title").asText() + ". " + schema.path("description").asText());
    out.println();
    List<EventField> fields = EventField.readAll(schema);
    Table table =
        Table.of(
            PlainWriter.display(out),
            width("FIELD", fields.stream().map(EventField::name).toList()),
            width("TYPE", fields.stream().map(EventField::type).toList()),
            8,
            24);
    out.println(table.row("FIELD", "TYPE", "REQUIRED", "MEANING"));
    for (EventField field : fields) {
      out.println(
          table.row(
              field.name(), field.type(), field.isRequired() ? "yes" : "no", field.description()));
    }
    out.println();
    if (subscriptions.isEmpty()) {
      out.println("No agent receives it.");
    }
    for (Subscription each : subscriptions) {
      List<JsonNode> conditions = each.conditions(type);
      PlainWriter.say(
          out,
          conditions.stream().anyMatch(JsonNode::isEmpty)
              ? each.agent() + " receives every one"
              : each.agent()
                  + " receives those that match "
                  + conditions.stream()
                      .map(JsonNode::toString)
                      .collect(Collectors.joining(" or ")));
    }
    ProjectSchemas.findExample(type)
        .ifPresent(
            example -> {
              out.println();
              out.println("Example:");
              out.println("  ./agentpost try " + ShellWord.quote(fromHere(example)));
            });
  }

  private static String fromHere(Path file) {
    Path here = Path.of("").toAbsolutePath();
    Path absolute = file.toAbsolutePath().normalize();
    return absolute.startsWith(here) ? here.relativize(absolute).toString() : absolute.toString();
  }

  private static int width(String heading, List<String> cells) {
    return cells.stream().mapToInt(String::length).reduce(heading.length(), Math::max);
  }
}
