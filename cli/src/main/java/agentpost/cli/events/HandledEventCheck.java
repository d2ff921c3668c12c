package agentpost.cli.events;

import agentpost.catalog.AgentName;
import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.event.EventId;
import agentpost.schemas.JsonTree;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ListRulesRequest;
import software.amazon.awssdk.services.eventbridge.model.ListRulesResponse;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.RuleState;
import software.amazon.event.ruler.Ruler;

/**
 * Which agents will do nothing about events that are about to be put, since they have acted on
 * their ids: an agent acts once on an event_id, whatever is in it the second time.
 *
 * @param prefix of the stack whose bus it is
 * @param agents that it declares
 * @param patterns of the agents' rules, by agent
 */
record HandledEventCheck(
    CloudOptions place,
    String prefix,
    Map<String, DeclaredAgent> agents,
    Map<String, String> patterns) {
  private static final JsonMapper JSON = JsonMapper.builder().addModule(JsonTree.module()).build();

  /**
   * @param bus a name or an ARN
   */
  static HandledEventCheck of(CloudOptions place, EventBridgeClient client, String bus) {
    String prefix = bus.substring(bus.lastIndexOf('/') + 1);
    Map<String, DeclaredAgent> agents = DeclaredAgent.findAll(place, prefix);
    Map<String, String> patterns = new TreeMap<>();
    String token = null;
    do {
      ListRulesResponse page =
          client.listRules(
              ListRulesRequest.builder()
                  .eventBusName(bus)
                  .namePrefix(prefix + "-")
                  .nextToken(token)
                  .build());
      for (Rule rule : page.rules()) {
        String agent = rule.name().substring(prefix.length() + 1);
        if (agents.containsKey(agent)
            && rule.state() != RuleState.DISABLED
            && rule.eventPattern() != null) {
          patterns.put(agent, rule.eventPattern());
        }
      }
      token = page.nextToken();
    } while (token != null);
    return new HandledEventCheck(place, prefix, agents, patterns);
  }

  static String id(PutEventsRequestEntry entry) {
    try {
      return JSON.readTree(entry.detail()).path("event_id").asText();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("It was validated", e);
    }
  }

  /** What there is to say, by event_id. */
  Map<String, String> notes(List<PutEventsRequestEntry> entries) {
    Map<String, String> notes = new HashMap<>();
    for (PutEventsRequestEntry entry : entries) {
      List<String> subscribers =
          patterns.keySet().stream()
              .filter(agent -> matches(entry, patterns.getOrDefault(agent, "{}")))
              .toList();
      List<String> acted = findHandlers(new EventId(id(entry)), subscribers);
      if (!acted.isEmpty()) {
        notes.put(
            id(entry),
            note(
                id(entry),
                acted,
                subscribers.stream().filter(agent -> !acted.contains(agent)).toList()));
      }
    }
    return notes;
  }

  private static String note(String id, List<String> acted, List<String> others) {
    String who =
        String.join(", ", acted)
            + (acted.size() == 1 ? " has" : " have")
            + " acted on the event_id "
            + id
            + " before";
    return others.isEmpty()
        ? "nobody will act on it again: " + who
        : who
            + " and will not act again, only "
            + String.join(", ", others)
            + (others.size() == 1 ? " gets it" : " get it");
  }

  /** By event-ruler, AWS's own matcher. */
  private static boolean matches(PutEventsRequestEntry entry, String pattern) {
    try {
      ObjectNode event =
          JsonNodeFactory.instance
              .objectNode()
              .put("source", entry.source())
              .put("detail-type", entry.detailType())
              .put("time", entry.time().toString());
      event.set("detail", JSON.readTree(entry.detail()));
      return Ruler.matchesRule(event.toString(), pattern);
    } catch (Exception e) {
      throw new IllegalStateException("EventBridge took this pattern: " + pattern, e);
    }
  }

  private List<String> findHandlers(EventId id, List<String> subscribers) {
    List<String> hosted =
        subscribers.stream()
            .filter(agent -> agents.containsKey(agent) && !agents.get(agent).isExternal())
            .toList();
    return place.withClient(
        DynamoDbClient.builder(),
        client -> {
          try {
            return hosted.stream()
                .filter(
                    agent ->
                        new ClaimStore(
                                client,
                                new ResourceNames(prefix).claims(),
                                new AgentName(agent),
                                Clock.systemUTC())
                            .isTaken(id))
                .toList();
          } catch (ResourceNotFoundException e) {
            // Agents without a table of claims act on everything.
            return List.of();
          }
        });
  }
}
