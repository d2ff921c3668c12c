package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.catalog.Catalog;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * docs/reference.md and the alarms of docs/operations.md beside a template, with what the catalog
 * names left open in both.
 */
record Reference(Synthesized stack, String document) {
  private static final Pattern ROW = Pattern.compile("^(?:\\||-) `([^`]+)`", Pattern.MULTILINE);

  private static final Pattern OF_FUNCTION =
      Pattern.compile(
          "agentpost-.+?-(canary-errors|handler-failed|errors|throttled|near-timeout|heartbeat)");

  private static final Pattern CANARY =
      Pattern.compile("(.*-canary-)[0-9]+-percent-[0-9]+-minutes");

  private static final Pattern PAGE = Pattern.compile("(agentpost-agents-)[0-9]+(-.*)");

  private static final String SUFFIX =
      "(-dlq|-dlq-not-draining|-circuit-open|-deliveries-stopped|-delayed|-dlq-not-empty)?";

  /** Resources by the headings of their tables, and where they have their names. */
  private static final Map<String, List<String>> NAMED =
      Map.ofEntries(
          Map.entry("Bus", List.of("AWS::Events::EventBus", "/Name")),
          Map.entry("Archive", List.of("AWS::Events::Archive", "/ArchiveName")),
          Map.entry("Connection", List.of("AWS::Events::Connection", "/Name")),
          Map.entry("API destinations", List.of("AWS::Events::ApiDestination", "/Name")),
          Map.entry("Schema registry", List.of("AWS::EventSchemas::Registry", "/RegistryName")),
          Map.entry("REST API", List.of("AWS::ApiGateway::RestApi", "/Name")),
          Map.entry("Schedule group", List.of("AWS::Scheduler::ScheduleGroup", "/Name")),
          Map.entry(
              "CodeDeploy application",
              List.of("AWS::CodeDeploy::Application", "/ApplicationName")),
          Map.entry(
              "Deployment configurations",
              List.of("AWS::CodeDeploy::DeploymentConfig", "/DeploymentConfigName")),
          Map.entry(
              "Deployment groups",
              List.of("AWS::CodeDeploy::DeploymentGroup", "/DeploymentGroupName")),
          Map.entry("Functions", List.of("AWS::Lambda::Function", "/FunctionName")),
          Map.entry("Rules", List.of("AWS::Events::Rule", "/Name")),
          Map.entry("Schedules", List.of("AWS::Scheduler::Schedule", "/Name")),
          Map.entry("Tables", List.of("AWS::DynamoDB::Table", "/TableName")),
          Map.entry("Queues", List.of("AWS::SQS::Queue", "/QueueName")),
          Map.entry("Dashboards", List.of("AWS::CloudWatch::Dashboard", "/DashboardName")),
          Map.entry("Saved queries", List.of("AWS::Logs::QueryDefinition", "/Name")),
          Map.entry("Alarms", List.of("AWS::CloudWatch::Alarm", "/AlarmName")),
          Map.entry("Secrets", List.of("AWS::SecretsManager::Secret", "/Name")),
          Map.entry(
              "State machines", List.of("AWS::StepFunctions::StateMachine", "/StateMachineName")));

  static Reference of(Synthesized stack) {
    return new Reference(
        stack,
        Synthesized.content(Path.of("../docs/reference.md"))
            + Synthesized.content(Path.of("../docs/operations.md")));
  }

  static Set<String> headings() {
    return NAMED.keySet();
  }

  /** What the template has and the document does not. */
  Set<String> unknown() {
    Set<String> unknown = new TreeSet<>();
    NAMED.forEach(
        (heading, type) -> {
          Set<String> rows = rows(heading);
          names(type.getFirst(), type.getLast()).stream()
              .filter(name -> !rows.contains(name))
              .map(name -> heading + ": " + name)
              .forEach(unknown::add);
        });
    return unknown;
  }

  /** The types of all resources that say in the template what they are called. */
  Set<String> namedTypes() {
    return stack
        .templates()
        .flatMap(Template::named)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static Set<String> documentedTypes() {
    return NAMED.values().stream()
        .map(List::getFirst)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What the template has under a heading. */
  Set<String> names(String heading) {
    List<String> type = NAMED.getOrDefault(heading, List.of());
    return names(type.getFirst(), type.getLast());
  }

  Set<String> names(String type, String property) {
    List<String> names =
        stack
            .templates()
            .flatMap(template -> template.all(type).stream())
            .map(resource -> resource.text(property))
            .toList();
    assertThat(names).as("names of " + type).doesNotContain("");
    return names.stream().map(this::general).collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * With what the catalog names left open. Kinds of names have folders; elsewhere an agent's is one
   * before a processor's.
   */
  String general(String name) {
    if (name.contains("/sources/")) {
      return named(name, stack.catalog().sources(), Catalog.Source::name, "<source>");
    }
    if (name.contains("/processors/")) {
      return named(name, stack.catalog().processors(), Catalog.Processor::name, "<processor>");
    }
    Matcher ofFunction = OF_FUNCTION.matcher(name);
    if (ofFunction.matches()) {
      return ofFunction.replaceFirst("agentpost-<function>-$1");
    }
    if (name.endsWith("-${AWS::Region}")) {
      return PAGE.matcher(name.replace("${AWS::Region}", "<region>")).replaceFirst("$1<page>$2");
    }
    Matcher canary = CANARY.matcher(name);
    if (canary.matches()) {
      return canary.replaceFirst("$1<percentage>-percent-<interval>-minutes");
    }
    String agents = named(name, stack.catalog().agents(), Catalog.Agent::name, "<agent>");
    return agents.equals(name)
        ? named(name, stack.catalog().processors(), Catalog.Processor::name, "<processor>")
        : agents;
  }

  private <T> String named(String name, List<T> all, Function<T, String> of, String open) {
    return all.stream()
        .map(of)
        .sorted(Comparator.comparing(String::length).reversed())
        .filter(one -> name.matches(".*[-/]" + Pattern.quote(one) + SUFFIX))
        .findFirst()
        .map(one -> name.replaceFirst(Pattern.quote(one) + SUFFIX + "$", open + "$1"))
        .orElse(name);
  }

  /** What the rows of a section's table, or the points of its list, begin with. */
  Set<String> rows(String heading) {
    String sections =
        Pattern.compile("(?ms)^## " + heading + "\n.*?(?=^## |\\z)")
            .matcher(document)
            .results()
            .map(MatchResult::group)
            .collect(Collectors.joining());
    assertThat(sections).as("## " + heading).isNotEmpty();
    return ROW.matcher(sections)
        .results()
        .map((MatchResult row) -> row.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
