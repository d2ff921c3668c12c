package agentpost.infra.catalog;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.BreakerPolicy;
import agentpost.catalog.CatalogNode;
import agentpost.catalog.RecoveryPolicy;
import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog.Placement;
import agentpost.infra.catalog.Catalog.Retry;
import agentpost.infra.catalog.Catalog.Subscription;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.JsonTree;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import software.amazon.event.ruler.JsonRuleCompiler;

/**
 * Reads {@code agents.yaml}. Anything it does not know is an error: a misspelt key must not become
 * a default.
 */
public final class CatalogReader {
  private static final Pattern ADDRESS = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");

  /** EventBridge's MaximumRetryAttempts is 0 to 185. */
  private static final int MAX_ATTEMPTS = 185;

  /** The relay's and hosted agents' doors: docs/adr/0029-relay-door.md. */
  private static final String REST_API = "restApi";

  private static final String FUNCTION_URL = "functionUrl";
  private static final SortedSet<String> DELIVERIES =
      Collections.unmodifiableSortedSet(new TreeSet<>(Set.of(FUNCTION_URL, REST_API)));

  private static final int MAX_PROCESSOR_NAME_LENGTH = 33;

  /**
   * A REST API has 300 resources: a hosted agent takes one, and twelve are kept for the root and
   * the shared routes; docs/adr/0006-limits.md.
   */
  public static final int MAX_HOSTED_AGENTS = 288;

  private final EventSchemas schemas;
  private final ExtensionNames extensions;
  private final List<String> problems = new ArrayList<>();

  private CatalogReader(EventSchemas schemas, ExtensionNames extensions) {
    this.schemas = schemas;
    this.extensions = extensions;
  }

  /**
   * @param schemas of the events that there are
   * @param extensions what the functions have beside what this knows
   * @throws CatalogException if the file cannot be read or anything in it is wrong
   */
  public static Catalog read(Path file, EventSchemas schemas, ExtensionNames extensions) {
    return read(file, schemas, extensions, _ -> List.of());
  }

  /**
   * @param check finds what else is wrong; it gets what could be read, even if that is not all, so
   *     that everything is said at once
   */
  public static Catalog read(
      Path file,
      EventSchemas schemas,
      ExtensionNames extensions,
      Function<Catalog, List<String>> check) {
    try {
      return read(file.toString(), Files.readString(file), schemas, extensions, check);
    } catch (IOException e) {
      throw new CatalogException(file.toString(), List.of("cannot be read: " + e));
    }
  }

  static Catalog read(String file, String yaml, EventSchemas schemas, ExtensionNames extensions) {
    return read(file, yaml, schemas, extensions, _ -> List.of());
  }

  static Catalog read(
      String file,
      String yaml,
      EventSchemas schemas,
      ExtensionNames extensions,
      Function<Catalog, List<String>> check) {
    CatalogReader reader = new CatalogReader(schemas, extensions);
    Catalog catalog;
    try {
      YAMLFactory format = new YAMLFactory();
      format.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      refuseAliases(file, yaml, format);
      // A constant of a mapping is published with the digits it has here.
      JsonMapper mapper =
          JsonMapper.builder(format)
              .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .addModule(JsonTree.module())
              .build();
      catalog = reader.catalog(mapper.readTree(yaml));
    } catch (NumberFormatException e) {
      // Not wrapped by Jackson: an exponent of more digits than a BigDecimal has room for.
      throw new CatalogException(file, List.of("has a number that is too large or too small"));
    } catch (JsonProcessingException e) {
      throw new CatalogException(
          file, List.of("is not YAML" + line(e) + ": " + e.getOriginalMessage()));
    }
    reader.problems.addAll(check.apply(catalog));
    if (!reader.problems.isEmpty()) {
      // What is wrong with the defaults is wrong for each agent.
      throw new CatalogException(file, reader.problems.stream().distinct().toList());
    }
    return catalog;
  }

  /** Of the mistake; the mapper's own location is that of the last token before it. */
  private static String line(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return " in line " + (marked.getProblemMark().getLine() + 1);
    }
    return e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
  }

  /** The mapper takes an alias for a text, its name; who wrote it meant what it stands for. */
  private static void refuseAliases(String file, String yaml, YAMLFactory format)
      throws JsonProcessingException {
    try (YAMLParser parser = format.createParser(yaml)) {
      while (parser.nextToken() != null) {
        if (parser.isCurrentAlias()) {
          throw new CatalogException(
              file,
              List.of(
                  "has an alias in line "
                      + parser.currentTokenLocation().getLineNr()
                      + ", and there are none here; write it out"));
        }
      }
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new CatalogException(file, List.of("cannot be read: " + e));
    }
  }

  private Catalog catalog(JsonNode root) {
    CatalogNode top =
        CatalogNode.of(
            "",
            root,
            problems,
            "defaults",
            "email",
            "agents",
            "processors",
            "sources",
            "alerts",
            "alarms",
            "addresses",
            "egress",
            "throttle",
            "waf",
            "detailedMetrics",
            "deliveries",
            "canary",
            "producers",
            "domain");
    Catalog.NetworkPolicy doors = NetworkReader.read(top);
    Defaults defaults =
        defaults(
            top.section(
                "defaults", "rate", "inFlight", "retry", "breaker", "recovery", "rotation"));
    Optional<Catalog.Email> email =
        top.section("email", "from", "support")
            .map(
                section ->
                    new Catalog.Email(address(section, "from"), address(section, "support")));
    List<Catalog.Agent> agents = new ArrayList<>();
    CatalogNode all = CatalogNode.of("agents", top.node().path("agents"), problems);
    if (all.node().isEmpty()) {
      problems.add("agents must have one agent or more, by name");
    }
    List<Catalog.Processor> processors =
        top.section("processors").map(this::processors).orElse(List.of());
    PlacementReader places =
        new PlacementReader(
            problems,
            extensions.dialects(),
            email.isPresent(),
            processors.stream()
                .anyMatch(processor -> processor.work() instanceof Catalog.Work.Hosted));
    all.node()
        .properties()
        .forEach(entry -> agents.add(agent(all, entry.getKey(), defaults, places, doors)));
    long hosted =
        agents.stream().filter(agent -> agent.place() instanceof Placement.Hosted).count();
    if (hosted > MAX_HOSTED_AGENTS) {
      problems.add(
          all.path()
              + " has "
              + hosted
              + " hosted agents; at most "
              + MAX_HOSTED_AGENTS
              + " fit, for each has a route of one REST API, which takes 300 resources");
    }
    for (Catalog.Processor processor : processors) {
      if (all.node().has(processor.name())) {
        problems.add(
            "processors."
                + processor.name()
                + " is the name of an agent too; a function and a queue have it");
      }
    }
    NameRules.checkWorkers(all, all.node()::fieldNames, processors, problems);
    Set<String> publishers = Catalog.publishers(agents);
    List<Catalog.Source> sources =
        top.section("sources")
            .map(
                section ->
                    new SourcesReader(problems, schemas, extensions.providers())
                        .read(section, publishers))
            .orElse(List.of());
    return new Catalog(
        email,
        agents,
        processors,
        sources,
        AlertReader.read(top),
        top.section("alarms", "email").map(section -> address(section, "email")),
        doors,
        top.flag("detailedMetrics", false),
        top.name("deliveries", DELIVERIES, REST_API).equals(FUNCTION_URL),
        CanaryReader.read(top),
        ProducersReader.read(top),
        DomainReader.read(top),
        extensions);
  }

  /** What an agent gets that does not say otherwise. */
  private record Defaults(
      int rate,
      int inFlight,
      Retry retry,
      Optional<BreakerPolicy> breaker,
      Optional<RecoveryPolicy> recovery,
      Optional<CatalogNode> section) {}

  private Defaults defaults(Optional<CatalogNode> defaults) {
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
        retry(defaults, new Retry(MAX_ATTEMPTS, AgentSettings.MAX_AGE)),
        defaults.map(section -> BreakerPolicy.read(section, breaker)).orElse(breaker),
        defaults.map(section -> RecoveryPolicy.read(section, recovery)).orElse(recovery),
        defaults);
  }

  private List<Catalog.Processor> processors(CatalogNode all) {
    List<Catalog.Processor> processors = new ArrayList<>();
    for (String name : (Iterable<String>) all.node()::fieldNames) {
      NameRules.check(all, name, problems);
      if (name.length() > MAX_PROCESSOR_NAME_LENGTH) {
        problems.add(
            all.pathOf(name)
                + " is longer than "
                + MAX_PROCESSOR_NAME_LENGTH
                + " characters, of which its worker's name needs seven more");
      }
      if (ResourceNames.isDeadLetters(name)) {
        problems.add(all.pathOf(name) + " ends like the name of a dead-letter queue");
      }
      CatalogNode processor =
          CatalogNode.of(
              all.pathOf(name), all.node().path(name), problems, "hosted", "external", "rotation");
      Catalog.Work work = PlacementReader.work(processor);
      processors.add(
          new Catalog.Processor(
              name,
              work,
              RotationReader.processor(processor, work instanceof Catalog.Work.External)));
    }
    NameRules.checkWorkers(all, all.node()::fieldNames, processors, problems);
    if (processors.stream()
            .filter(processor -> processor.work() instanceof Catalog.Work.Hosted)
            .count()
        > 1) {
      problems.add(all.path() + " has several hosted processors; POST /process-data leads to one");
    }
    return processors;
  }

  private String address(CatalogNode section, String key) {
    return section
        .text(key, "an e-mail address", text -> ADDRESS.matcher(text).matches())
        .orElse("");
  }

  private Catalog.Agent agent(
      CatalogNode all,
      String name,
      Defaults defaults,
      PlacementReader places,
      Catalog.NetworkPolicy doors) {
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
            "signature");
    Placement place = places.of(agent);
    NetworkReader.port(agent, place, doors);
    NetworkReader.address(agent, place, doors);
    return new Catalog.Agent(
        name,
        subscriptions(agent),
        place,
        agent.integer("rate", 1, AgentSettings.MAX_RATE, defaults.rate()),
        agent.integer("inFlight", 1, AgentSettings.MAX_IN_FLIGHT, defaults.inFlight()),
        retry(Optional.of(agent), defaults.retry()),
        BreakerPolicy.read(agent, defaults.breaker()),
        RecoveryPolicy.read(agent, defaults.recovery()),
        NetworkReader.from(agent, place, doors),
        RotationReader.agent(
            agent,
            defaults.section(),
            place instanceof Placement.External,
            extensions.signatures()));
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

  private Retry retry(Optional<CatalogNode> parent, Retry otherwise) {
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
