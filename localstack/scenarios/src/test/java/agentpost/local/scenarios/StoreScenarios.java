package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ActionAfterCompletion;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** Secrets, plans and queues, as functions use them. */
interface StoreScenarios extends Scenario {
  DateTimeFormatter AT =
      DateTimeFormatter.ofPattern("'at('yyyy-MM-dd'T'HH:mm:ss')'").withZone(ZoneOffset.UTC);

  @Test
  default void aSecretThatIsPutAgainHasACurrentAndAPreviousVersion() {
    SecretsManagerClient secrets = cloud().aws().create(SecretsManagerClient.builder());
    String name = unique("secret");
    String arn = secrets.createSecret(create -> create.name(name).secretString("one")).arn();
    secrets.putSecretValue(put -> put.secretId(name).secretString("two"));
    secrets.putSecretValue(put -> put.secretId(name).secretString("three"));
    assertThat(secrets.getSecretValue(get -> get.secretId(arn)).secretString()).isEqualTo("three");
    assertThat(
            secrets
                .getSecretValue(get -> get.secretId(name).versionStage("AWSPREVIOUS"))
                .secretString())
        .isEqualTo("two");
    assertThat(
            secrets
                .getSecretValue(get -> get.secretId(name).versionStage("AWSCURRENT"))
                .versionStages())
        .containsExactly("AWSCURRENT");
    assertThatThrownBy(
            () -> secrets.getSecretValue(get -> get.secretId(name).versionStage("AWSPENDING")))
        .isInstanceOf(ResourceNotFoundException.class);
    secrets.deleteSecret(delete -> delete.secretId(name).forceDeleteWithoutRecovery(true));
  }

  @Test
  default void aSecretThatIsNotThereIsNotFound() {
    SecretsManagerClient secrets = cloud().aws().create(SecretsManagerClient.builder());
    assertThatThrownBy(() -> secrets.getSecretValue(get -> get.secretId(unique("no-secret"))))
        .isInstanceOf(ResourceNotFoundException.class)
        .hasMessageContaining("Secrets Manager can't find the specified secret.");
  }

  private CreateScheduleRequest schedule(String name, String busArn, Duration in) {
    return CreateScheduleRequest.builder()
        .name(name)
        .scheduleExpression(AT.format(cloud().now().plus(in)))
        .actionAfterCompletion(ActionAfterCompletion.DELETE)
        .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
        .target(
            target ->
                target
                    .arn(busArn)
                    .roleArn(BusTestBed.ROLE)
                    .eventBridgeParameters(to -> to.source("s").detailType("trial.ending"))
                    .input("{\"user_id\":\"usr-1\"}"))
        .build();
  }

  @Test
  @Hits(Gap.SCHEDULES_NEVER_FIRE)
  default void aPlannedEventIsOnTheBusWhenItsTimeComes() throws Exception {
    BusTestBed line = new BusTestBed(this, "plan");
    String queue = line.queue("planned");
    line.rule("planned", queue, target -> target);
    SchedulerClient scheduler = cloud().aws().create(SchedulerClient.builder());
    scheduler.createSchedule(schedule(unique("plan"), line.busArn(), Duration.ofSeconds(2)));
    List<Message> received = new ArrayList<>();
    expect(
        Gap.SCHEDULES_NEVER_FIRE,
        () -> {
          Scenario.eventually(() -> received.addAll(line.messages(queue)));
          assertThat(received.getFirst().body())
              .contains("\"detail-type\":\"trial.ending\"", "\"detail\":{\"user_id\":\"usr-1\"}");
        },
        () -> {
          Scenario.never(() -> !line.messages(queue).isEmpty());
          Scenario.never(() -> !line.messages(queue).isEmpty());
          assertThat(scheduler.getSchedule(get -> get.name(unique("plan"))).stateAsString())
              .isEqualTo("ENABLED");
          scheduler.deleteSchedule(delete -> delete.name(unique("plan")));
        });
  }

  @Test
  default void aPlanIsMadeOnceUnderItsName() {
    BusTestBed line = new BusTestBed(this, "plans");
    SchedulerClient scheduler = cloud().aws().create(SchedulerClient.builder());
    scheduler.createSchedule(schedule(unique("once"), line.busArn(), Duration.ofDays(100)));
    assertThatThrownBy(
            () ->
                scheduler.createSchedule(
                    schedule(unique("once"), line.busArn(), Duration.ofDays(100))))
        .isInstanceOf(ConflictException.class);
    scheduler.deleteSchedule(delete -> delete.name(unique("once")));
    assertThatThrownBy(() -> scheduler.getSchedule(get -> get.name(unique("once"))))
        .isInstanceOf(
            software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException.class);
  }

  @Test
  default void aMessageThatIsReceivedTooOftenGoesToTheDeadLetterQueue() {
    BusTestBed line = new BusTestBed(this, "receives");
    String letters = line.queue("dlq");
    SqsClient queues = cloud().aws().create(SqsClient.builder());
    String policy = "{\"deadLetterTargetArn\":\"" + letters + "\",\"maxReceiveCount\":\"1\"}";
    String url =
        queues
            .createQueue(
                create ->
                    create
                        .queueName(unique("work"))
                        .attributesWithStrings(
                            Map.of("VisibilityTimeout", "0", "RedrivePolicy", policy)))
            .queueUrl();
    queues.sendMessage(send -> send.queueUrl(url).messageBody("work"));
    List<Message> received = new ArrayList<>();
    Scenario.eventually(
        () -> received.addAll(queues.receiveMessage(receive -> receive.queueUrl(url)).messages()));
    List<Message> dead = new ArrayList<>();
    Scenario.eventually(
        () -> {
          received.addAll(queues.receiveMessage(receive -> receive.queueUrl(url)).messages());
          return dead.addAll(line.messages(letters));
        });
    assertThat(received).singleElement().extracting(Message::body).isEqualTo("work");
    assertThat(dead).singleElement().extracting(Message::body).isEqualTo("work");
    assertThatThrownBy(() -> queues.getQueueUrl(get -> get.queueName(unique("no-queue"))))
        .isInstanceOf(QueueDoesNotExistException.class);
  }
}
