package agentpost.infra.catalog;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.BreakerPolicy;
import agentpost.catalog.CatalogNode;
import agentpost.catalog.RecoveryPolicy;
import agentpost.infra.catalog.Catalog.Placement;
import agentpost.infra.catalog.Catalog.Retry;
import agentpost.infra.catalog.Catalog.Subscription;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.event.ruler.JsonRuleCompiler;

/** Reads one agent of {@code agents}, with what {@code defaults} says for all. */
final class AgentReader {
  /** EventBridge's MaximumRetryAttempts is 0 to 185. */
  private static final int MAX_ATTEMPTS = 185;

  /** What an agent gets that does not say otherwise. */
  private record Defaults(
      int rate,
      int inFlight,
      Retry retry,
      Optional<BreakerPolicy> breaker,
      Optional<RecoveryPolicy> recovery,
      Optional<CatalogNode> section) {
    static Defaults read(Optional<CatalogNode> defaults) {
      Optional<BreakerPolicy> breaker = Optional.of(BreakerPolicy.DEFAULT);
      Optional<RecoveryPolicy> recovery = Optional.of(RecoveryPolicy.DEFAULT);
      return new Defaults(
          defaults
              .map(
                  section ->
                      section.integer("rate", 1, AgentSettings.MAX_RATE, AgentSettings.MAX_RATE))
              .orElse(AgentSettings.MAX_RATE),
          defaults
              .map(
                  section ->
                      section.integer(
                          "inFlight",
                          1,
                          AgentSettings.MAX_IN_FLIGHT,
                          AgentSettings.DEFAULT_IN_FLIGHT))
              .orElse(AgentSettings.DEFAULT_IN_FLIGHT),
          readRetry(defaults, new Retry(MAX_ATTEMPTS, AgentSettings.MAX_AGE)),
          defaults.map(section -> BreakerPolicy.read(section, breaker)).orElse(breaker),
          defaults.map(section -> RecoveryPolicy.read(section, recovery)).orElse(recovery),
          defaults);
    }
  }

  private final EventSchemas schemas;
  private final ExtensionNames extensions;
  private final PlacementReader places;
  private final Catalog.NetworkPolicy network;
  private final Defaults defaults;
  private final List<String> problems;

  AgentReader(
      EventSchemas schemas,
      ExtensionNames extensions,
      PlacementReader places,
      Catalog.NetworkPolicy network,
      Optional<CatalogNode> defaults,
      List<String> problems) {
    this.schemas = schemas;
    this.extensions = extensions;
    this.places = places;
    this.network = network;
    this.defaults = Defaults.read(defaults);
    this.problems = problems;
  }

  Catalog.Agent read(CatalogNode all, String name) {
    NameRules.check(all, name, problems);
    CatalogNode agent =
        CatalogNode.of(
            all.pathOf(name),
            all.node().path(name),
            problems,
            "subscribes",
            "hosted",
            "external",
            "rate",
            "inFlight",
            "retry",
            "breaker",
            "recovery",
            "from",
            "rotation",
            "signature",
            "dashboard");
    Placement place = places.of(agent);
    NetworkReader.port(agent, place, network);
    NetworkReader.address(agent, place, network);
    return new Catalog.Agent(
        name,
        subscriptions(agent),
        place,
        agent.integer("rate", 1, AgentSettings.MAX_RATE, defaults.rate()),
        agent.integer("inFlight", 1, AgentSettings.MAX_IN_FLIGHT, defaults.inFlight()),
        readRetry(Optional.of(agent), defaults.retry()),
        BreakerPolicy.read(agent, defaults.breaker()),
        RecoveryPolicy.read(agent, defaults.recovery()),
        NetworkReader.from(agent, place, network),
        RotationReader.agent(
            agent,
            defaults.section(),
            place instanceof Placement.External,
            extensions.signatures()),
        FiguresReader.read(agent));
  }

  private List<Subscription> subscriptions(CatalogNode agent) {
    JsonNode list = agent.node().path("subscribes");
    if (!list.isArray() || list.isEmpty()) {
      problems.add(
          agent.pathOf("subscribes")
              + " must be a list of event types; there are "
              + String.join(", ", schemas.eventTypes()));
      return List.of();
    }
    List<Subscription> subscriptions = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String path = agent.pathOf("subscribes") + "[" + i + "]";
      JsonNode item = list.get(i);
      Optional<ObjectNode> where = Optional.empty();
      if (item.isObject()) {
        CatalogNode section = CatalogNode.of(path, item, problems, "event", "where");
        where = section.get("where").flatMap(pattern -> readPattern(section, pattern));
        item = section.node().path("event");
        path = section.pathOf("event");
      }
      if (!item.isTextual() || !schemas.eventTypes().contains(item.textValue())) {
        problems.add(
            path
                + " must be an event type of events-schemas ("
                + String.join(", ", schemas.eventTypes())
                + "); got "
                + CatalogNode.kind(item));
      }
      subscriptions.add(new Subscription(item.asText(), where));
    }
    return subscriptions;
  }

  private Optional<ObjectNode> readPattern(CatalogNode section, JsonNode pattern) {
    String wrong =
        !(pattern instanceof ObjectNode object)
            ? "it must be a mapping"
            : PatternComplexity.areTooMany(object)
                ? "its $or make more than " + PatternComplexity.MAX_COMBINATIONS + " combinations"
                : JsonRuleCompiler.check(pattern.toString());
    if (wrong != null) {
      problems.add(
          section.pathOf("where")
              + " is not an EventBridge pattern: "
              + wrong.lines().findFirst().orElse(wrong));
      return Optional.empty();
    }
    return Optional.of((ObjectNode) pattern);
  }

  private static Retry readRetry(Optional<CatalogNode> parent, Retry otherwise) {
    return parent
        .flatMap(section -> section.section("retry", "attempts", "maxAge"))
        .map(
            section ->
                new Retry(
                    section.integer("attempts", 0, MAX_ATTEMPTS, otherwise.attempts()),
                    section.duration("maxAge", "60s", "24h", otherwise.maxAge())))
        .orElse(otherwise);
  }
}
