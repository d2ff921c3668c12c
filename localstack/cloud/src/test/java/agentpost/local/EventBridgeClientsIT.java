package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.testing.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ConnectionState;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.IllegalStatusException;
import software.amazon.awssdk.services.eventbridge.model.InvalidEventPatternException;
import software.amazon.awssdk.services.eventbridge.model.LimitExceededException;
import software.amazon.awssdk.services.eventbridge.model.ListRulesResponse;
import software.amazon.awssdk.services.eventbridge.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.Target;

/**
 * EventBridge by the three clients that people have: the AWS SDK for Java, boto3 and the aws CLI;
 * the latter two where they are installed.
 */
class EventBridgeClientsIT {
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  @Test
  void boto3GetsWhatItExpects() throws Exception {
    assumeTrue(
        Programs.isInstalled("python3", "-c", "import boto3"),
        "python3 with boto3 is not installed: pip install boto3");
    Path script =
        Path.of(EventBridgeClientsIT.class.getResource("/clients/boto3_client.py").toURI());
    Programs.Ended ended =
        Programs.run(List.of("python3", script.toString(), cloud.endpoint().toString()));
    assertThat(ended.exit()).as(ended.out()).isZero();
    assertThat(ended.out().lines()).hasSize(9).allMatch(line -> line.contains(": as expected"));
  }

  private static Programs.Ended aws(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "aws",
                "--endpoint-url",
                cloud.endpoint().toString(),
                "--output",
                "json",
                "events"));
    command.addAll(List.of(arguments));
    return Programs.run(command);
  }

  @Test
  void theAwsCliGetsWhatItExpects() throws Exception {
    assumeTrue(
        Programs.isInstalled("aws", "--version"),
        "the aws CLI is not installed: pip install awscli");
    assertThat(aws("create-event-bus", "--name", "cli").out())
        .contains("arn:aws:events:us-east-1:000000000000:event-bus/cli");
    Programs.Ended again = aws("create-event-bus", "--name", "cli");
    assertThat(again.exit()).isNotZero();
    assertThat(again.out())
        .contains(
            "An error occurred (ResourceAlreadyExistsException) when calling the CreateEventBus"
                + " operation: Event bus cli already exists.");
    aws(
        "put-rule",
        "--name",
        "cli-rule",
        "--event-bus-name",
        "cli",
        "--event-pattern",
        "{\"source\":[\"cli\"]}",
        "--tags",
        "Key=team,Value=growth");
    assertThat(aws("list-rules", "--event-bus-name", "cli").out())
        .contains("\"Name\": \"cli-rule\"", "\"State\": \"ENABLED\"");
    assertThat(
            aws(
                    "list-tags-for-resource",
                    "--resource-arn",
                    "arn:aws:events:us-east-1:000000000000:rule/cli/cli-rule")
                .out())
        .contains("\"Value\": \"growth\"");
    assertThat(
            aws(
                    "put-events",
                    "--entries",
                    "[{\"Source\":\"cli\",\"DetailType\":\"t\",\"Detail\":\"{}\",\"EventBusName\":\"cli\"}]")
                .out())
        .contains("\"FailedEntryCount\": 0", "\"EventId\"");
    assertThat(aws("put-rule", "--name", "x", "--schedule-expression", "cron(0 10 * * * *)").out())
        .contains(
            "An error occurred (ValidationException) when calling the PutRule operation: Parameter"
                + " ScheduleExpression is not valid.");
  }

  @Test
  void theJavaSdkGetsItsExceptionsAndPages() {
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      events.createEventBus(create -> create.name("java"));
      IntStream.range(0, 7)
          .forEach(
              i ->
                  events.putRule(
                      put ->
                          put.name("java-" + i)
                              .eventBusName("java")
                              .eventPattern("{\"source\":[\"java\"]}")));
      List<String> names = new ArrayList<>();
      ListRulesResponse page = events.listRules(list -> list.eventBusName("java").limit(3));
      while (page.nextToken() != null) {
        page.rules().stream().map(Rule::name).forEach(names::add);
        String token = page.nextToken();
        page = events.listRules(list -> list.eventBusName("java").limit(3).nextToken(token));
      }
      page.rules().stream().map(Rule::name).forEach(names::add);
      assertThat(names)
          .containsExactly("java-0", "java-1", "java-2", "java-3", "java-4", "java-5", "java-6");
      assertThatThrownBy(() -> events.createEventBus(create -> create.name("java")))
          .isInstanceOf(ResourceAlreadyExistsException.class);
      assertThatThrownBy(() -> events.describeRule(describe -> describe.name("none")))
          .isInstanceOf(ResourceNotFoundException.class);
      assertThatThrownBy(() -> events.putRule(put -> put.name("x").eventPattern("{\"a\":1}")))
          .isInstanceOf(InvalidEventPatternException.class);
      List<Target> six =
          IntStream.range(0, 6)
              .mapToObj(
                  i ->
                      Target.builder()
                          .id("t" + i)
                          .arn("arn:aws:sqs:us-east-1:000000000000:q")
                          .build())
              .toList();
      assertThatThrownBy(
              () -> events.putTargets(put -> put.rule("java-0").eventBusName("java").targets(six)))
          .isInstanceOf(LimitExceededException.class);
      assertThatThrownBy(() -> events.putTargets(put -> put.rule("java-0").eventBusName("java")))
          .isInstanceOfSatisfying(
              EventBridgeException.class,
              e -> {
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ValidationException");
                assertThat(e.awsErrorDetails().errorMessage())
                    .isEqualTo(
                        "1 validation error detected: Value null at 'targets' failed to satisfy"
                            + " constraint: Member must not be null");
                assertThat(e.statusCode()).isEqualTo(400);
              });
      assertThat(
              events
                  .removeTargets(remove -> remove.rule("java-0").eventBusName("java").ids("none"))
                  .failedEntries())
          .singleElement()
          .satisfies(
              failed -> assertThat(failed.errorCode()).isEqualTo("ResourceNotFoundException"));
      assertThat(
              events
                  .createConnection(
                      create ->
                          create
                              .name("java")
                              .authorizationType("BASIC")
                              .authParameters(
                                  auth ->
                                      auth.basicAuthParameters(
                                          basic -> basic.username("u").password("p"))))
                  .connectionState())
          .isEqualTo(ConnectionState.AUTHORIZED);
      assertThat(
              events
                  .describeConnection(describe -> describe.name("java"))
                  .authParameters()
                  .basicAuthParameters()
                  .username())
          .isEqualTo("u");
      assertThatThrownBy(() -> events.cancelReplay(cancel -> cancel.replayName("none")))
          .isInstanceOf(ResourceNotFoundException.class)
          .isNotInstanceOf(IllegalStatusException.class);
    }
  }
}
