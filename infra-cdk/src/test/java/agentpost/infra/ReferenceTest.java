package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/reference.md, with operations.md's alarms, has what a template can have, nothing else. */
@SuppressWarnings("NullAway.Init") // set before all tests
class ReferenceTest {
  /** With agents and processors of both kinds, one of a name that another kind has too. */
  private static final String EVERYTHING =
      Synthesized.content(Synthesized.EXAMPLES)
          + """

            crm:
              subscribes: [user.signed_up]
              external: {url: https://crm.example.com/hooks}
          deliveries: functionUrl
          canary: {}
          """;

  @TempDir private static Path directory;
  @TempDir private static Path other;
  private static Reference everything;

  @BeforeAll
  static void synthesize() {
    everything = Reference.of(Synthesized.of(directory, EVERYTHING, Map.of("workflow", "true")));
  }

  static Set<String> headings() {
    return Reference.headings();
  }

  @ParameterizedTest
  @MethodSource("headings")
  void hasEvery(String heading) {
    assertThat(everything.rows(heading)).isEqualTo(everything.names(heading));
  }

  @Test
  void knowsAllThatTheCatalogAsItIsMakes() {
    Reference real = Reference.of(Synthesized.real(other));
    assertThat(real.unknown()).isEmpty();
    assertThat(real.rows("Routes")).containsAll(routes(real));
    assertThat(real.rows("Outputs")).containsAll(outputs(real));
  }

  @Test
  void hasEveryLogGroupThatIsNoFunctions() {
    assertThat(everything.rows("Logs"))
        .isEqualTo(
            everything.names("AWS::Logs::LogGroup", "/LogGroupName").stream()
                .filter(name -> !name.startsWith("/aws/lambda/"))
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** Those of which the tests below know. */
  private static final Set<String> ELSEWHERE =
      Set.of("AWS::Logs::LogGroup", "AWS::SNS::Topic", "AWS::KMS::Alias", "AWS::S3::Bucket");

  /**
   * A schema is called as its event is, and a stage, an alias and a policy as every one of its
   * kind.
   */
  private static final Set<String> OF_ANOTHER =
      Set.of(
          "AWS::EventSchemas::Schema",
          "AWS::ApiGateway::Stage",
          "AWS::Lambda::Alias",
          "AWS::IAM::Policy",
          "AWS::IAM::ManagedPolicy");

  @Test
  void hasEveryKindOfResourceThatHasAName() {
    Set<String> types = everything.namedTypes();
    types.removeAll(Reference.documentedTypes());
    types.removeAll(ELSEWHERE);
    types.removeAll(OF_ANOTHER);
    assertThat(types).isEmpty();
  }

  @Test
  void hasEveryRoute() {
    assertThat(everything.rows("Routes")).isEqualTo(routes(everything));
  }

  private static Set<String> routes(Reference of) {
    Set<String> routes = new TreeSet<>();
    of.stack()
        .root()
        .only("AWS::ApiGateway::RestApi")
        .at("/Body/paths")
        .fieldNames()
        .forEachRemaining(path -> routes.add(of.general(path)));
    return routes;
  }

  @Test
  void hasEveryOutput() {
    assertThat(everything.rows("Outputs")).isEqualTo(outputs(everything));
  }

  private static Set<String> outputs(Reference of) {
    Set<String> outputs = new TreeSet<>();
    of.stack().root().json().path("Outputs").fieldNames().forEachRemaining(outputs::add);
    return outputs;
  }

  @Test
  void namesTheTopicItsKeyAndTheBucket() {
    Stream<String> buckets =
        everything.names("AWS::S3::Bucket", "/BucketName").stream()
            .map(
                bucket ->
                    bucket
                        .replace("${AWS::AccountId}", "<account>")
                        .replace("${AWS::Region}", "<region>"));
    Stream.of(
            everything.names("AWS::SNS::Topic", "/TopicName").stream(),
            everything.names("AWS::KMS::Alias", "/AliasName").stream(),
            buckets)
        .flatMap(each -> each)
        .forEach(name -> assertThat(everything.document()).contains("`" + name + "`"));
  }

  private static final Pattern EMITTED =
      Pattern.compile("(?:metric\\(|counter\\(|count\\((?:\\w+,\\s*)?+)\"([A-Z][A-Za-z]+)\"");

  /** Those that the functions nobody edits write; an agent's are its own. */
  @Test
  void hasEveryMetric() throws IOException {
    Set<String> emitted = new TreeSet<>();
    for (String module : Set.of("gateway", "runtime")) {
      try (Stream<Path> sources =
          Files.walk(Path.of("../functions").resolve(module).resolve("src/main/java"))) {
        sources
            .filter(source -> source.toString().endsWith(".java"))
            .map(Synthesized::content)
            .flatMap(text -> EMITTED.matcher(text).results())
            .map(found -> found.group(1))
            .forEach(emitted::add);
      }
    }
    assertThat(everything.rows("Metrics")).isEqualTo(emitted);
  }

  /** One word for one thing: who has the alarm knows the metric. */
  @Test
  void anAlarmIsCalledAsItsMetricIs() {
    assertThat(alarms())
        .isNotEmpty()
        .allSatisfy(
            alarm -> {
              String words =
                  alarm
                      .text("/MetricName")
                      .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                      .toLowerCase(Locale.ROOT);
              assertThat(alarm.text("/AlarmName")).endsWith("-" + words);
            });
  }

  /** On metrics of our own. */
  private static Stream<Template.Resource> alarms() {
    return everything
        .stack()
        .templates()
        .flatMap(template -> template.all("AWS::CloudWatch::Alarm").stream())
        .filter(alarm -> alarm.text("/Namespace").equals("agentpost"));
  }
}
