package agentpost.cli.events;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.project.ProjectSchemas;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Table;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost events list}: one row an event. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists every event: its versions, and the agents whose pattern may match it.",
    footer = {"", "Example:", "  ./agentpost events list"})
public final class EventsListCommand implements Callable<Integer> {
  private static final String HEADING = "EVENT";
  private static final int MIN_AGENTS_WIDTH = 24;

  private final Supplier<CloudAssembly> assembly;

  @Spec private CommandSpec spec;

  @Mixin private final JsonOption json = new JsonOption();

  /**
   * @param assembly the template, which has the agents' patterns
   */
  public EventsListCommand(Supplier<CloudAssembly> assembly) {
    this.assembly = assembly;
  }

  @Override
  public Integer call() {
    EventSchemas schemas = ProjectSchemas.load();
    List<Subscription> subscriptions = Subscription.readAll(assembly.get());
    PrintWriter out = spec.commandLine().getOut();
    json.printList(
        out,
        schemas.eventTypes().stream().map(type -> toJson(type, schemas, subscriptions)),
        () -> print(schemas, subscriptions, out));
    return 0;
  }

  private static List<String> agents(String type, List<Subscription> subscriptions) {
    return subscriptions.stream()
        .filter(each -> !each.conditions(type).isEmpty())
        .map(Subscription::agent)
        .toList();
  }

  private static List<String> versions(EventSchemas schemas, String type) {
    return schemas.versions(type).stream().map(Object::toString).toList();
  }

  private static ObjectNode toJson(
      String type, EventSchemas schemas, List<Subscription> subscriptions) {
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("event_type", type);
    event.put("title", schemas.newestDocument(type).path("title").asText());
    versions(schemas, type).forEach(event.putArray("versions")::add);
    agents(type, subscriptions).forEach(event.putArray("agents")::add);
    return event;
  }

  private static void print(
      EventSchemas schemas, List<Subscription> subscriptions, PrintWriter out) {
    int longest =
        schemas.eventTypes().stream().mapToInt(String::length).max().orElse(HEADING.length());
    Table table = Table.of(PlainWriter.display(out), longest, 8, MIN_AGENTS_WIDTH);
    out.println(table.row(HEADING, "VERSIONS", "AGENTS"));
    for (String type : schemas.eventTypes()) {
      List<String> agents = agents(type, subscriptions);
      out.println(
          table.row(
              type,
              versions(schemas, type).stream().collect(Collectors.joining(", ")),
              agents.isEmpty() ? "none" : String.join(", ", agents)));
    }
  }
}
