package agentpost.cli.cost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What of a synthesized stack is paid for.
 *
 * @param memoryGb of a function
 * @param heartbeats metrics that always have a value; all others have one when something is wrong
 * @param alarms metrics that alarms look at
 * @param hasRelayUrl whether deliveries make no requests of the API
 * @param detailedMethods of the API, each with metrics of its own; 0 unless the catalog wants them
 */
record StackInventory(
    List<Agent> agents,
    double memoryGb,
    int secrets,
    int keys,
    int alarms,
    int heartbeats,
    int dashboards,
    boolean hasRelayUrl,
    int detailedMethods,
    int schedules,
    int natGateways,
    int addresses,
    int webAcls,
    int webAclRules) {
  /**
   * @param rate deliveries a second, at most
   * @param events the types that it hears, whatever else its rule asks of them
   */
  record Agent(boolean isHosted, int rate, Set<String> events) {}

  /**
   * @param assembly the folder with its templates
   */
  static StackInventory read(Path assembly) {
    List<JsonNode> templates = new ArrayList<>();
    JsonMapper json = new JsonMapper();
    try (Stream<Path> files = Files.list(assembly)) {
      for (Path file :
          files.filter(file -> file.toString().endsWith(".template.json")).sorted().toList()) {
        templates.add(json.readTree(file.toFile()).path("Resources"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The templates in " + assembly + " cannot be read", e);
    }
    return new StackInventory(
        templates.stream().filter(StackInventory::isAgent).map(StackInventory::agent).toList(),
        all(templates, "AWS::Lambda::Function")
                .mapToInt(function -> function.path("MemorySize").asInt())
                .max()
                .orElse(0)
            / 1024.0,
        count(templates, "AWS::SecretsManager::Secret"),
        count(templates, "AWS::KMS::Key"),
        alarms(templates).mapToInt(StackInventory::metrics).sum(),
        (int)
            alarms(templates)
                .filter(alarm -> alarm.path("TreatMissingData").asText().equals("breaching"))
                .count(),
        count(templates, "AWS::CloudWatch::Dashboard"),
        count(templates, "AWS::Lambda::Url") > 0,
        detailedMethods(templates),
        count(templates, "AWS::Scheduler::Schedule"),
        count(templates, "AWS::EC2::NatGateway"),
        count(templates, "AWS::EC2::EIP"),
        count(templates, "AWS::WAFv2::WebACL"),
        all(templates, "AWS::WAFv2::WebACL").mapToInt(acl -> acl.path("Rules").size()).sum());
  }

  private static Stream<JsonNode> all(List<JsonNode> templates, String type) {
    return templates.stream().flatMap(resources -> all(resources, type));
  }

  private static Stream<JsonNode> all(JsonNode resources, String type) {
    return StreamSupport.stream(resources.spliterator(), false)
        .filter(resource -> resource.path("Type").asText().equals(type))
        .map(resource -> resource.path("Properties"));
  }

  private static int count(List<JsonNode> templates, String type) {
    return (int) all(templates, type).count();
  }

  private static Stream<JsonNode> alarms(List<JsonNode> templates) {
    return all(templates, "AWS::CloudWatch::Alarm");
  }

  /** A query's are those that it finds, when it finds any. */
  private static int metrics(JsonNode alarm) {
    return alarm.has("MetricName")
        ? 1
        : (int) alarm.path("Metrics").valueStream().filter(one -> one.has("MetricStat")).count();
  }

  private static int detailedMethods(List<JsonNode> templates) {
    return all(templates, "AWS::ApiGateway::Stage")
            .flatMap(
                stage -> StreamSupport.stream(stage.path("MethodSettings").spliterator(), false))
            .anyMatch(method -> method.path("MetricsEnabled").asBoolean())
        ? all(templates, "AWS::ApiGateway::RestApi")
            .flatMap(api -> StreamSupport.stream(api.at("/Body/paths").spliterator(), false))
            .mapToInt(JsonNode::size)
            .sum()
        : 0;
  }

  private static boolean isAgent(JsonNode resources) {
    return all(resources, "AWS::Events::ApiDestination").findAny().isPresent();
  }

  private static Agent agent(JsonNode resources) {
    Set<String> events = new TreeSet<>();
    all(resources, "AWS::Events::Rule")
        .flatMap(rule -> rule.findValues("detail-type").stream())
        .flatMap(types -> StreamSupport.stream(types.spliterator(), false))
        .map(JsonNode::asText)
        .forEach(events::add);
    return new Agent(
        all(resources, "AWS::Lambda::Function").findAny().isPresent(),
        all(resources, "AWS::Events::ApiDestination")
            .mapToInt(destination -> destination.path("InvocationRateLimitPerSecond").asInt())
            .sum(),
        events);
  }

  /** The same with the other of {@code deliveries}. */
  StackInventory withOtherDoor() {
    return new StackInventory(
        agents,
        memoryGb,
        secrets,
        keys,
        alarms,
        heartbeats,
        dashboards,
        !hasRelayUrl,
        detailedMethods,
        schedules,
        natGateways,
        addresses,
        webAcls,
        webAclRules);
  }

  long hosted() {
    return agents.stream().filter(Agent::isHosted).count();
  }

  /** Deliveries a second that their rates allow. */
  int rate() {
    return agents.stream().mapToInt(Agent::rate).sum();
  }

  /**
   * How many agents an event goes to, if each type that anybody hears is as frequent as all others
   * and conditions let every event through.
   */
  double subscribers() {
    Set<String> heard = new TreeSet<>();
    agents.forEach(agent -> heard.addAll(agent.events()));
    return heard.isEmpty()
        ? 0
        : agents.stream().mapToInt(agent -> agent.events().size()).sum() / (double) heard.size();
  }
}
