package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.catalog.Catalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/reference.md has what the template has, and nothing else. */
class ReferenceTest {
  private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);

  @TempDir private static Path directory;
  private static Synthesized real;
  private static String reference;

  @BeforeAll
  static void synthesize() throws IOException {
    real = Synthesized.of(directory, Synthesized.REAL_CATALOG, Map.of("workflow", "true"));
    reference = Files.readString(Path.of("../docs/reference.md"));
  }

  @ParameterizedTest
  @CsvSource({
    "Functions, AWS::Lambda::Function, /FunctionName",
    "Rules, AWS::Events::Rule, /Name",
    "Schedules, AWS::Scheduler::Schedule, /Name",
    "Tables, AWS::DynamoDB::Table, /TableName",
    "Queues, AWS::SQS::Queue, /QueueName",
    "Alarms, AWS::CloudWatch::Alarm, /AlarmName",
    "Secrets, AWS::SecretsManager::Secret, /Name",
    "Parameters, AWS::SSM::Parameter, /Name",
    "State machines, AWS::StepFunctions::StateMachine, /StateMachineName",
  })
  void hasEvery(String heading, String type, String name) {
    assertThat(rows(heading)).isEqualTo(named(type, name).collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void hasEveryLogGroupThatIsNoFunctions() {
    assertThat(rows("Logs"))
        .isEqualTo(
            named("AWS::Logs::LogGroup", "/LogGroupName").filter(name -> !name.startsWith("/aws/lambda/")).collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void hasEveryRoute() {
    Set<String> routes = new TreeSet<>();
    real.root().only("AWS::ApiGateway::RestApi").at("/Body/paths").fieldNames().forEachRemaining(path -> routes.add(general(path)));
    assertThat(rows("Routes")).isEqualTo(routes);
  }

  @Test
  void hasEveryOutput() {
    Set<String> outputs = new TreeSet<>();
    real.root().json().path("Outputs").fieldNames().forEachRemaining(outputs::add);
    assertThat(rows("Outputs")).isEqualTo(outputs);
  }

  @Test
  void namesTheTopicItsKeyAndTheBucket() {
    named("AWS::SNS::Topic", "/TopicName").forEach(topic -> assertThat(reference).contains("`" + topic + "`"));
    named("AWS::KMS::Alias", "/AliasName").forEach(alias -> assertThat(reference).contains("`" + alias + "`"));
    named("AWS::S3::Bucket", "/BucketName")
        .map(bucket -> bucket.replace("${AWS::AccountId}", "<account>").replace("${AWS::Region}", "<region>"))
        .forEach(bucket -> assertThat(reference).contains("`" + bucket + "`"));
  }

  /** Such keys cost by the month, each. */
  @Test
  void theGuideToDeployingCountsAndNamesTheKeys() throws IOException {
    String guide = Files.readString(Path.of("../docs/deploying.md"));
    List<String> aliases = named("AWS::KMS::Alias", "/AliasName").map(alias -> alias.replace("agentpost", "agentpost-try")).toList();
    assertThat(aliases).hasSize((int) real.templates().mapToLong(template -> template.all("AWS::KMS::Key").size()).sum());
    assertThat(guide).contains("the " + List.of("no", "one", "two", "three").get(aliases.size()) + " customer-managed key" + (aliases.size() == 1 ? " is" : "s are"));
    assertThat(guide).contains(aliases.stream().map(alias -> "`" + alias + "`").toList());
  }

  private static Stream<String> named(String type, String name) {
    List<String> names = real.templates().flatMap(template -> template.all(type).stream()).map(resource -> resource.text(name)).toList();
    assertThat(names).as("names of " + type).isNotEmpty().doesNotContain("");
    return names.stream().map(ReferenceTest::general);
  }

  /** With what the catalog names left open. */
  private static String general(String name) {
    Map<String, String> open = new LinkedHashMap<>();
    real.catalog().agents().stream().map(Catalog.Agent::name).sorted(Comparator.comparing(String::length).reversed()).forEach(agent -> open.put(agent, "<agent>"));
    real.catalog().processors().forEach(processor -> open.put(processor.name(), "<processor>"));
    real.catalog().sources().forEach(source -> open.put(source.name(), "<source>"));
    return open.entrySet().stream()
        .filter(entry -> name.matches(".*[-/]" + Pattern.quote(entry.getKey()) + "(-dlq|-letters-stuck|-circuit-open)?"))
        .findFirst()
        .map(entry -> name.replace(entry.getKey(), entry.getValue()))
        .orElse(name);
  }

  /** What the first column of a section's table names. */
  private static Set<String> rows(String heading) {
    int from = reference.indexOf("\n## " + heading + "\n");
    assertThat(from).as("## " + heading).isNotNegative();
    int next = reference.indexOf("\n## ", from + 1);
    String section = reference.substring(from, next < 0 ? reference.length() : next);
    return ROW.matcher(section).results().map((MatchResult row) -> row.group(1)).collect(Collectors.toCollection(TreeSet::new));
  }
}
