package agentpost.cli.doctor;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.agents.EventGraph;
import agentpost.cli.deployment.Finding;
import agentpost.cli.events.EventCatalog;
import agentpost.cli.events.Subscription;
import agentpost.cli.project.ProjectSchemas;
import agentpost.local.eventbridge.input.Patterns;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the project's events and its agents' subscriptions make of each other. */
final class EventChecks {
  private static final String SUBSCRIPTIONS = "subscriptions";

  private final CloudAssembly assembly;

  EventChecks(CloudAssembly assembly) {
    this.assembly = assembly;
  }

  List<Finding> all() {
    EventCatalog catalog = EventCatalog.read(assembly);
    List<Finding> findings = new ArrayList<>(subscriptions(catalog));
    findings.add(unheard(catalog));
    for (List<String> cycle : EventGraph.of(catalog).cycles()) {
      findings.add(
          Finding.warn(
              "loop",
              "may go on for ever: " + String.join(" → ", cycle),
              "./agentpost agents graph"));
    }
    return findings;
  }

  private static List<Finding> subscriptions(EventCatalog catalog) {
    List<Finding> findings = new ArrayList<>();
    for (Subscription each : catalog.subscriptions()) {
      List<EventCatalog.Event> received =
          catalog.events().stream()
              .filter(event -> !each.conditions(event.type()).isEmpty())
              .toList();
      if (received.isEmpty()) {
        findings.add(
            Finding.warn(
                "agent " + each.agent(),
                "subscribes to no event that there is: " + each.pattern(),
                "./agentpost events list"));
      }
      received.stream()
          .filter(event -> !event.examples().isEmpty())
          .filter(event -> !isMatched(each, event))
          .forEach(
              event ->
                  findings.add(
                      Finding.warn(
                          "agent " + each.agent(),
                          "no example of " + event.type() + " matches its subscription",
                          "./agentpost events show " + event.type())));
    }
    return findings.isEmpty()
        ? List.of(Finding.ok(SUBSCRIPTIONS, "an example matches each of them"))
        : findings;
  }

  private static boolean isMatched(Subscription subscription, EventCatalog.Event event) {
    return event.examples().values().stream()
        .anyMatch(
            example ->
                Patterns.matches(
                    subscription.pattern().toString(), onBus(event.type(), example).toString()));
  }

  private static ObjectNode onBus(String type, JsonNode envelope) {
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("detail-type", type)
            .put("source", envelope.at("/metadata/source_service").asText());
    return event.set("detail", envelope);
  }

  /** Of the project's own: few need all of the framework's. */
  private static Finding unheard(EventCatalog catalog) {
    String types =
        catalog.events().stream()
            .map(EventCatalog.Event::type)
            .filter(type -> catalog.subscribers(type).findAny().isEmpty())
            .filter(EventChecks::isOwn)
            .collect(Collectors.joining(", "));
    return types.isEmpty()
        ? Finding.ok("events", "an agent receives each of them")
        : Finding.warn("events", "no agent receives " + types, "./agentpost agents graph");
  }

  private static boolean isOwn(String type) {
    List<Path> folders = ProjectSchemas.folders();
    return !folders.isEmpty() && Files.isDirectory(folders.getLast().resolve(type));
  }
}
