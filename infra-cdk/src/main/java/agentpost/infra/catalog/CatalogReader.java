package agentpost.infra.catalog;

import agentpost.catalog.CatalogNode;
import agentpost.infra.catalog.Catalog.Placement;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.JsonNode;
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

/**
 * Reads {@code agents.yaml}. Anything it does not know is an error: a misspelt key must not become
 * a default.
 */
public final class CatalogReader {
  private static final Pattern ADDRESS = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");

  /** The relay's and hosted agents' doors: docs/adr/0029-relay-door.md. */
  private static final String REST_API = "restApi";

  private static final String FUNCTION_URL = "functionUrl";
  private static final SortedSet<String> DELIVERIES =
      Collections.unmodifiableSortedSet(new TreeSet<>(Set.of(FUNCTION_URL, REST_API)));

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
    Catalog catalog = reader.catalog(YamlParser.parse(file, yaml));
    reader.problems.addAll(check.apply(catalog));
    if (!reader.problems.isEmpty()) {
      // What is wrong with the defaults is wrong for each agent.
      throw new CatalogException(file, reader.problems.stream().distinct().toList());
    }
    return catalog;
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
    Catalog.NetworkPolicy network = NetworkReader.read(top);
    Optional<CatalogNode> defaults =
        top.section("defaults", "rate", "inFlight", "retry", "breaker", "recovery", "rotation");
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
        top.section("processors")
            .map(section -> ProcessorsReader.read(section, problems))
            .orElse(List.of());
    PlacementReader places =
        new PlacementReader(
            problems,
            extensions.dialects(),
            email.isPresent(),
            processors.stream()
                .anyMatch(processor -> processor.work() instanceof Catalog.Work.Hosted));
    AgentReader reader = new AgentReader(schemas, extensions, places, network, defaults, problems);
    all.node().properties().forEach(entry -> agents.add(reader.read(all, entry.getKey())));
    FiguresReader.checkCount(all, agents);
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
        network,
        top.flag("detailedMetrics", false),
        top.name("deliveries", DELIVERIES, REST_API).equals(FUNCTION_URL),
        CanaryReader.read(top),
        ProducersReader.read(top),
        DomainReader.read(top),
        extensions);
  }

  private String address(CatalogNode section, String key) {
    return section
        .text(key, "an e-mail address", text -> ADDRESS.matcher(text).matches())
        .orElse("");
  }
}
