package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.infra.Template.Resource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Scheduler invokes, and what becomes of what it cannot hand over. */
@SuppressWarnings("NullAway.Init") // set before all tests
class SchedulesTest {
  private static final String LETTERS =
      "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:agentpost-schedules-dlq";

  private static Synthesized stack;

  @BeforeAll
  static void synthesize(@TempDir Path directory) {
    stack = Synthesized.of(directory, Synthesized.EXAMPLES, Map.of());
  }

  private static List<Resource> all(String type) {
    return stack.templates().flatMap(template -> template.all(type).stream()).toList();
  }

  private static String texts(Resource resource, String pointer) {
    return resource.template().text(resource.at(pointer));
  }

  @Test
  void everyScheduleAndEveryReminderHasTheDeadLetterQueue() {
    assertThat(all("AWS::Scheduler::Schedule"))
        .hasSize(2)
        .allSatisfy(
            schedule -> assertEquals(LETTERS, schedule.text("/Target/DeadLetterConfig/Arn")));
    assertThat(all("AWS::Lambda::Function"))
        .filteredOn(function -> function.at("/Environment/Variables").has("SCHEDULE_ROLE_ARN"))
        .isNotEmpty()
        .allSatisfy(
            function ->
                assertEquals(LETTERS, texts(function, "/Environment/Variables/SCHEDULE_DLQ_ARN")));
    assertThat(stack.root().all("AWS::SQS::Queue"))
        .anySatisfy(queue -> assertEquals("agentpost-schedules-dlq", queue.text("/QueueName")));
  }

  /** Scheduler user guide, "Configuring a schedule's dead-letter queue": by the schedule's role. */
  @Test
  void everyRoleOfSchedulerMaySendThere() {
    List<Resource> roles =
        all("AWS::IAM::Role").stream()
            .filter(
                role ->
                    role.text("/AssumeRolePolicyDocument/Statement/0/Principal/Service")
                        .equals("scheduler.amazonaws.com"))
            .toList();
    assertThat(roles)
        .hasSizeGreaterThan(2)
        .allSatisfy(
            role ->
                assertThat(role.template().rights(role))
                    .anySatisfy(
                        right -> {
                          assertEquals("sqs:SendMessage", right.path("Action").asText());
                          assertEquals(LETTERS, role.template().text(right.path("Resource")));
                        }));
  }

  /** Else Lambda itself would try twice more, and keep a call for six hours. */
  @Test
  void whatComesAgainNextMinuteIsTriedOnceAndKeptForAMinute() {
    List<String> invoked =
        all("AWS::Scheduler::Schedule").stream()
            .map(schedule -> schedule.text("/Target/Arn"))
            .toList();
    assertThat(all("AWS::Lambda::EventInvokeConfig"))
        .allSatisfy(
            config -> {
              assertEquals(0, config.at("/MaximumRetryAttempts").asInt(-1));
              assertEquals(60, config.at("/MaximumEventAgeInSeconds").asInt());
            })
        .extracting(
            config ->
                all("AWS::Lambda::Function").stream()
                        .filter(
                            function ->
                                function.template().equals(config.template())
                                    && function.ref().equals(config.text("/FunctionName")))
                        .map(Resource::arn)
                        .findFirst()
                        .orElse("?")
                    + ":"
                    + config.text("/Qualifier"))
        .containsExactlyInAnyOrderElementsOf(invoked);
  }
}
