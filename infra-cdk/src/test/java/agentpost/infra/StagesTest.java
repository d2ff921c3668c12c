package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Stages of one account and region are apart: no policy of one reaches what another has, whatever
 * they and their agents are called. A template is made once, and stage and agent are put into its
 * names.
 */
class StagesTest {
  private static final String STAGE = "sssssssssss1";
  private static final String AGENT = "welcome-agent";
  private static final String HERE = "us-east-1:111122223333:";

  /**
   * What a policy may be on that is no stage's: X-Ray, EC2's interfaces, deliveries of logs; and
   * the names of mail.
   */
  private static final Pattern NO_STAGES = Pattern.compile("\\*|arn:aws:ses:.*|execute-api:/.*");

  private static final List<DocumentedNames> TEMPLATES = templates();
  private static final Set<String> PATTERNS = patterns();
  private static final Set<String> NAMES = names();

  /**
   * @param name of the stage; empty for the one that has none
   */
  record Stage(String name, String agent) {
    Set<String> with(Set<String> texts) {
      String prefix = name.isEmpty() ? "agentpost" : "agentpost-" + name;
      return texts.stream()
          .map(text -> text.replace("agentpost-" + STAGE, prefix).replace(AGENT, agent))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static List<DocumentedNames> templates() {
    try {
      Path directory = Files.createTempDirectory("stages");
      try {
        Synthesized stack =
            Synthesized.of(
                directory,
                Synthesized.content(Synthesized.EXAMPLES),
                Map.of("workflow", "true", "stage", STAGE));
        return Stream.concat(
                Stream.of(new DocumentedNames(stack.root(), Optional.empty())),
                stack.nested().values().stream()
                    .map(
                        nested ->
                            new DocumentedNames(nested.template(), Optional.of(stack.root()))))
            .toList();
      } finally {
        try (Stream<Path> all = Files.walk(directory)) {
          for (Path file : all.sorted(Collections.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of every policy: what it is on, and whom its conditions name. */
  private static Set<String> patterns() {
    Set<String> patterns = new TreeSet<>();
    for (DocumentedNames named : TEMPLATES) {
      for (String type :
          List.of(
              "AWS::IAM::Policy",
              "AWS::IAM::ManagedPolicy",
              "AWS::SQS::QueuePolicy",
              "AWS::SNS::TopicPolicy",
              "AWS::S3::BucketPolicy")) {
        for (Template.Resource policy : named.template().all(type)) {
          for (JsonNode statement : policy.at("/PolicyDocument/Statement")) {
            patterns.addAll(named.texts(statement.path("Resource")));
            statement
                .path("Condition")
                .forEach(
                    operator -> operator.forEach(values -> patterns.addAll(named.texts(values))));
          }
        }
      }
    }
    patterns.removeIf(
        pattern -> NO_STAGES.matcher(pattern).matches() || !pattern.startsWith("arn:"));
    return patterns;
  }

  /** The ARNs of all that has a name, and of what is made under one later. */
  private static Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (DocumentedNames named : TEMPLATES) {
      for (Map.Entry<String, JsonNode> entry :
          named.template().json().path("Resources").properties()) {
        arns(named, entry.getValue().path("Type").asText(), entry.getValue().path("Properties"))
            .forEach(arn -> names.add("arn:aws:" + arn));
      }
    }
    return names;
  }

  private static List<String> arns(DocumentedNames named, String type, JsonNode of) {
    return switch (type) {
      case "AWS::Events::Rule" ->
          List.of(
              "events:"
                  + HERE
                  + "rule/"
                  + named.text(of.path("EventBusName"))
                  + "/"
                  + named.text(of.path("Name")));
      case "AWS::Events::EventBus" ->
          List.of(
              "events:" + HERE + "event-bus/" + named.text(of.path("Name")),
              "events:" + HERE + "rule/" + named.text(of.path("Name")) + "/agentpost-replay-1");
      case "AWS::Events::ApiDestination" ->
          List.of("events:" + HERE + "api-destination/" + named.text(of.path("Name")) + "/0-1");
      case "AWS::Events::Connection" ->
          List.of("events:" + HERE + "connection/" + named.text(of.path("Name")) + "/0-1");
      case "AWS::Events::Archive" ->
          List.of("events:" + HERE + "archive/" + named.text(of.path("ArchiveName")));
      case "AWS::SecretsManager::Secret" ->
          List.of("secretsmanager:" + HERE + "secret:" + named.text(of.path("Name")) + "-AbCdEf");
      case "AWS::SQS::Queue" -> List.of("sqs:" + HERE + named.text(of.path("QueueName")));
      case "AWS::Lambda::Function" ->
          List.of(
              "lambda:" + HERE + "function:" + named.text(of.path("FunctionName")),
              "lambda:" + HERE + "function:" + named.text(of.path("FunctionName")) + ":live");
      case "AWS::Logs::LogGroup" ->
          List.of(
              "logs:" + HERE + "log-group:" + named.text(of.path("LogGroupName")),
              "logs:"
                  + HERE
                  + "log-group:"
                  + named.text(of.path("LogGroupName"))
                  + ":log-stream:x");
      case "AWS::DynamoDB::Table" ->
          List.of(
              "dynamodb:" + HERE + "table/" + named.text(of.path("TableName")),
              "dynamodb:" + HERE + "table/" + named.text(of.path("TableName")) + "/index/open");
      case "AWS::Scheduler::Schedule" ->
          List.of("scheduler:" + HERE + "schedule/default/" + named.text(of.path("Name")));
      case "AWS::Scheduler::ScheduleGroup" ->
          Stream.of(AGENT, "trial-monitor")
              .map(
                  agent ->
                      "scheduler:"
                          + HERE
                          + "schedule/"
                          + named.text(of.path("Name"))
                          + "/"
                          + agent
                          + ".1")
              .toList();
      case "AWS::StepFunctions::StateMachine" ->
          List.of(
              "states:" + HERE + "stateMachine:" + named.text(of.path("StateMachineName")),
              "states:" + HERE + "execution:" + named.text(of.path("StateMachineName")) + ":1");
      case "AWS::SNS::Topic" -> List.of("sns:" + HERE + named.text(of.path("TopicName")));
      case "AWS::S3::Bucket" ->
          List.of(
              "s3:::" + named.text(of.path("BucketName")),
              "s3:::" + named.text(of.path("BucketName")) + "/x");
      case "AWS::CloudWatch::Alarm" ->
          List.of("cloudwatch:" + HERE + "alarm:" + named.text(of.path("AlarmName")));
      default -> List.of();
    };
  }

  private static Predicate<String> reached(String pattern) {
    return Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"))
        .asMatchPredicate();
  }

  private static Set<String> reached(Stage one, Stage other) {
    Set<String> names = other.with(NAMES);
    return one.with(PATTERNS).stream()
        .flatMap(
            pattern ->
                names.stream().filter(reached(pattern)).map(name -> pattern + " reaches " + name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Provide
  Arbitrary<Stage> stages() {
    Arbitrary<String> names =
        Arbitraries.of(
            "",
            "",
            "a",
            "de",
            "dev",
            "dev2",
            "replay",
            "agents",
            "alerts",
            "recovery",
            "longeststage");
    Arbitrary<String> agents =
        Arbitraries.of("crm", "dev-crm", "dev", "dev2", "crm-dlq", "x-1", "agents", "a", "welcome");
    return Combinators.combine(names, agents).as(Stage::new);
  }

  @Property
  void noPolicyOfAStageReachesAnythingOfAnother(
      @ForAll("stages") Stage one, @ForAll("stages") Stage other) {
    Assume.that(!one.name().equals(other.name()));
    // ResourceNames of one account are there once: two stages that would share one cannot both be
    // deployed.
    Assume.that(Collections.disjoint(one.with(NAMES), other.with(NAMES)));
    assertThat(reached(one, other)).isEmpty();
  }

  /**
   * What is looked for is there: a stage's policies reach what is its own, and a star too many
   * would be seen.
   */
  @Example
  void aStagesPoliciesReachItsOwn() {
    Stage stage = new Stage("dev", "crm");
    assertThat(reached(stage, stage))
        .anySatisfy(
            found ->
                assertThat(found)
                    .startsWith("arn:aws:sqs:" + HERE + "agentpost-dev-crm-dlq reaches"))
        .anySatisfy(
            found -> assertThat(found).contains("schedule/agentpost-dev/trial-monitor.* reaches"))
        .anySatisfy(found -> assertThat(found).contains("secret:agentpost-dev/agents/* reaches"));
    assertThat(reached("arn:aws:sqs:" + HERE + "agentpost-*-dlq"))
        .accepts("arn:aws:sqs:" + HERE + "agentpost-dev-crm-dlq");
  }
}
