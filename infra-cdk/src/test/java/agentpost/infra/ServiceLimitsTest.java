package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each limit, with a template that reaches it and one that is over it by one. */
class ServiceLimitsTest {
  @TempDir private Path directory;

  private ServiceLimits check(String template) throws IOException {
    Files.writeString(directory.resolve("some.template.json"), template.replace('\'', '"'));
    return ServiceLimits.of(directory);
  }

  private static String resources(String... named) {
    return "{'Resources':{" + String.join(",", named) + "}}";
  }

  private static String resource(String id, String type, String properties) {
    return "'" + id + "':{'Type':'" + type + "','Properties':{" + properties + "}}";
  }

  private static String many(int count, String each) {
    return IntStream.range(0, count).mapToObj(each::formatted).collect(Collectors.joining(","));
  }

  private static String pattern(int length) {
    String empty = "{'source':['']}";
    return resources(
        resource(
            "R",
            "AWS::Events::Rule",
            "'EventPattern':" + empty.replace("['", "['" + "x".repeat(length - empty.length()))));
  }

  private static String inline(int length) {
    return resources(
        resource("Role", "AWS::IAM::Role", ""),
        policy("A", "AWS::IAM::Policy", length / 2),
        policy("B", "AWS::IAM::Policy", length - length / 2));
  }

  /** In an ARN of a queue that has a name, a reference is as long as what stands there then. */
  private static String policy(String id, String type, int length) {
    String empty = "{'Resource':''}";
    return resource(
        id,
        type,
        "'Roles':[{'Ref':'Role'}],'PolicyDocument':"
            + empty.replace(":''", ":'" + "x".repeat(length - empty.length()) + "'"));
  }

  /** In quotes that are those of a text within a text. */
  private static String dashboard(String widgets) {
    return resources(
        resource(
            "D",
            "AWS::CloudWatch::Dashboard",
            "'DashboardBody':{'Fn::Sub':'{\\'widgets\\':[" + widgets + "]}'}"));
  }

  static Stream<Arguments> limits() {
    return Stream.of(
        Arguments.of(
            "widgets",
            500,
            "some, D: it has 501 widgets",
            (Sized) n -> dashboard(many(n, "{\\'x\\':%d}"))),
        Arguments.of(
            "metrics of a dashboard",
            2500,
            "some, D: it has 2501 metrics",
            (Sized) n -> dashboard("{\\'properties\\':{\\'metrics\\':[" + many(n, "[%d]") + "]}}")),
        Arguments.of(
            "Resources",
            500,
            "some: the template has 501 Resources",
            (Sized) n -> resources(many(n, "'R%d':{'Type':'T'}"))),
        Arguments.of(
            "Parameters",
            200,
            "some: the template has 201 Parameters",
            (Sized) n -> "{'Parameters':{" + many(n, "'P%d':{}") + "}}"),
        Arguments.of(
            "Outputs",
            200,
            "some: the template has 201 Outputs",
            (Sized) n -> "{'Outputs':{" + many(n, "'O%d':{}") + "}}"),
        Arguments.of(
            "bytes",
            1_000_000,
            "some: the template has 1000001 bytes",
            (Sized) n -> "{'Description':'" + "x".repeat(n - 18) + "'}"),
        Arguments.of(
            "a pattern",
            4096,
            "some, R: its event pattern has 4097 characters",
            (Sized) ServiceLimitsTest::pattern),
        Arguments.of(
            "targets",
            5,
            "some, R: it has 6 targets",
            (Sized)
                n ->
                    resources(
                        resource(
                            "R",
                            "AWS::Events::Rule",
                            "'Targets':[" + many(n, "{'Id':'%d'}") + "]"))),
        Arguments.of(
            "inline policies",
            10_240,
            "some, Role: its inline policies together has 10241 characters",
            (Sized) ServiceLimitsTest::inline),
        Arguments.of(
            "a managed policy",
            6144,
            "some, Role: a managed policy has 6145 characters",
            (Sized)
                n ->
                    resources(
                        resource("Role", "AWS::IAM::Role", ""),
                        policy("A", "AWS::IAM::ManagedPolicy", n))),
        Arguments.of(
            "managed policies",
            10,
            "some, Role: it has 11 managed policies",
            (Sized)
                n ->
                    resources(
                        Stream.concat(
                                Stream.of(resource("Role", "AWS::IAM::Role", "")),
                                IntStream.range(0, n)
                                    .mapToObj(i -> policy("A" + i, "AWS::IAM::ManagedPolicy", 99)))
                            .toArray(String[]::new))),
        Arguments.of(
            "an environment",
            4096,
            "some, F: its environment has 4097 bytes",
            (Sized)
                n ->
                    resources(
                        resource(
                            "F",
                            "AWS::Lambda::Function",
                            "'Environment':{'Variables':{'AB':'" + "x".repeat(n - 2) + "'}}"))),
        Arguments.of(
            "a directory",
            65_536,
            "some, P: its value has 65537 bytes",
            (Sized)
                n ->
                    resources(
                        resource(
                            "P",
                            "AWS::SecretsManager::Secret",
                            "'SecretString':'" + "x".repeat(n) + "'"))),
        Arguments.of(
            "a bus policy",
            10_240,
            "some, B: its statement has 10241 characters",
            (Sized)
                n ->
                    resources(
                        resource(
                            "B",
                            "AWS::Events::EventBusPolicy",
                            "'Statement':'" + "x".repeat(n) + "'"))),
        Arguments.of(
            "a log policy",
            5120,
            "some, L: its policy has 5121 characters",
            (Sized)
                n ->
                    resources(
                        resource(
                            "L",
                            "AWS::Logs::ResourcePolicy",
                            "'PolicyDocument':'" + "x".repeat(n) + "'"))));
  }

  private interface Sized {
    String template(int size);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("limits")
  void whatReachesALimitIsTakenAndOneMoreIsToldOf(String what, int limit, String told, Sized sized)
      throws IOException {
    assertThat(check(sized.template(limit)).findViolations()).as(what).isEmpty();
    assertThat(check(sized.template(limit + 1)).findViolations())
        .singleElement()
        .asString()
        .startsWith(told + ", and ")
        .contains(" takes " + limit);
  }

  @Test
  void whatAQuotaHoldsBackIsNamedWithTheQuotaAndIsNoRefusal() throws IOException {
    ServiceLimits limits =
        check(
            resources(
                many(301, "'R%d':{'Type':'AWS::Events::Rule','Properties':{'EventBusName':'b'}}")));
    assertThat(limits.findViolations()).isEmpty();
    assertThat(limits.quotas())
        .singleElement()
        .asString()
        .startsWith("301 rules stand on the bus")
        .contains("\"Number of rules\" is 300 a bus", "ask for 301 or more in Service Quotas");
    assertThat(
            check(
                    resources(
                        many(
                            300,
                            "'R%d':{'Type':'AWS::Events::Rule','Properties':{'EventBusName':'b'}}")))
                .quotas())
        .isEmpty();
    assertThat(check(pattern(2048)).quotas()).isEmpty();
    assertThat(check(pattern(2049)).quotas())
        .singleElement()
        .asString()
        .contains("2049 characters", "\"Event pattern size\" is 2048");
  }

  /** Or what is long by its references would pass. */
  @Test
  void referencesAreAsLongAsWhatStandsThereThen() throws IOException {
    String queue = resource("Q", "AWS::SQS::Queue", "'QueueName':'" + "q".repeat(80) + "'");
    List<String> written =
        List.of(
            "{'Fn::GetAtt':['Q','Arn']}",
            "{'Fn::Sub':'${Q.Arn}'}",
            "{'Fn::Join':['',['arn:',{'Ref':'AWS::Partition'},':sqs:',{'Ref':'AWS::Region'},':',{'Ref':'AWS::AccountId'},':',{'Ref':'Q'}]]}",
            "{'Fn::Sub':'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Q}'}");
    for (String each : written) {
      String policy =
          resource(
              "A",
              "AWS::IAM::ManagedPolicy",
              "'Roles':[{'Ref':'Role'}],'PolicyDocument':{'Resource':["
                  + "%s,".repeat(54).replace("%s", each)
                  + "'']}");
      assertThat(
              check(resources(queue, resource("Role", "AWS::IAM::Role", ""), policy))
                  .findViolations())
          .as(each)
          .singleElement()
          .asString()
          .contains("a managed policy has ");
    }
  }
}
