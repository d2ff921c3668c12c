package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Buses, archives, connections, destinations, rules and schemas. */
final class EventResources {
  private EventResources() {}

  static Map<String, Provider> providers(JsonService events) {
    Map<String, Provider> providers = new HashMap<>();
    providers.put(
        "AWS::EventSchemas::Registry",
        Provider.recreateOnChange(
            (id, p) -> new Made(id, Map.of("RegistryName", p.path("RegistryName").asText()))));
    providers.put(
        "AWS::Events::EventBus",
        Provider.fixed(
            (_, p) ->
                ResourceProperties.arn(
                    p.path("Name"), events.call("CreateEventBus", p).path("EventBusArn")),
            delete(events, "DeleteEventBus", "Name")));
    providers.put(
        "AWS::Events::Archive",
        Provider.fixed(
            (_, p) ->
                ResourceProperties.arn(
                    p.path("ArchiveName"),
                    events
                        .call(
                            "CreateArchive",
                            ResourceProperties.withPatternAsText(
                                    p.deepCopy().<ObjectNode>without("SourceArn"))
                                .put("EventSourceArn", p.path("SourceArn").asText()))
                        .path("ArchiveArn")),
            delete(events, "DeleteArchive", "ArchiveName")));
    providers.put(
        "AWS::Events::Connection",
        Provider.fixed(
            (_, p) ->
                ResourceProperties.arn(
                    p.path("Name"), events.call("CreateConnection", p).path("ConnectionArn")),
            delete(events, "DeleteConnection", "Name")));
    providers.put("AWS::Events::ApiDestination", new ApiDestinationProvider(events));
    providers.put("AWS::Events::Rule", new RuleProvider(events));
    return providers;
  }

  private static BiConsumer<String, Made> delete(
      JsonService events, String operation, String member) {
    return (_, made) ->
        events.call(operation, JsonNodeFactory.instance.objectNode().put(member, made.ref()));
  }
}
