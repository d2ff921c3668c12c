package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The pattern of an agent's rule: what it hears. */
final class RulePattern {
  private static final JsonMapper JSON = new JsonMapper();

  /** Events about an agent's health. */
  private static final Set<String> ABOUT_AGENTS =
      Set.of("agent.unhealthy", "agent.recovered", "agent.stopped", "agent.resumed");

  private RulePattern() {}

  /**
   * One alternative for a plain list of types; one for each subscription if any has conditions of
   * its own.
   */
  static Map<String, Object> pattern(Catalog.Agent agent) {
    List<String> plain =
        agent.subscriptions().stream()
            .filter(s -> patternOf(agent, s).isEmpty())
            .map(Catalog.Subscription::event)
            .toList();
    List<Map<String, Object>> alternatives = new ArrayList<>();
    if (!plain.isEmpty()) {
      alternatives.add(Map.of("detail-type", plain));
    }
    for (Catalog.Subscription subscription : agent.subscriptions()) {
      patternOf(agent, subscription)
          .ifPresent(
              where -> {
                Map<String, Object> alternative = new LinkedHashMap<>();
                alternative.put("detail-type", List.of(subscription.event()));
                alternative.put(
                    "detail",
                    JSON.convertValue(where, new TypeReference<Map<String, Object>>() {}));
                alternatives.add(alternative);
              });
    }
    return alternatives.size() == 1 ? alternatives.getFirst() : Map.of("$or", alternatives);
  }

  /**
   * No agent hears of its own health, unless its catalog says so: failing by the news that it
   * fails, it would make more of it.
   */
  private static Optional<ObjectNode> patternOf(
      Catalog.Agent agent, Catalog.Subscription subscription) {
    JsonNode data =
        subscription.where().map(where -> where.path("data")).orElse(JSON.createObjectNode());
    if (!ABOUT_AGENTS.contains(subscription.event())
        || data.has("agent")
        || !(data.isObject() || data.isMissingNode())) {
      return subscription.where();
    }
    ObjectNode where =
        subscription.where().map(ObjectNode::deepCopy).orElseGet(JSON::createObjectNode);
    where
        .withObjectProperty("data")
        .putArray("agent")
        .addObject()
        .putArray("anything-but")
        .add(agent.name());
    return Optional.of(where);
  }
}
