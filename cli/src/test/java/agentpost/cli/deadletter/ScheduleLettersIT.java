package agentpost.cli.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.cli.Run;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.scheduler.model.Target;

/** What Scheduler could not hand over is among the dead letters that {@code dlq} shows. */
class ScheduleLettersIT {
  private static final String TEMPLATE =
      """
      {'Resources':{
       'Letters':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'agentpost-schedules-dlq'}},
       'Bus':{'Type':'AWS::Events::EventBus','Properties':{'Name':'agentpost'}},
       'Planned':{'Type':'AWS::IAM::Role','Properties':{'RoleName':'planned','AssumeRolePolicyDocument':
        {'Statement':[{'Effect':'Allow','Action':'sts:AssumeRole','Principal':{'Service':'scheduler.amazonaws.com'}}]}}},
       'MaySend':{'Type':'AWS::IAM::Policy','Properties':{'PolicyName':'may-send','Roles':[{'Ref':'Planned'}],'PolicyDocument':
        {'Statement':[{'Effect':'Allow','Action':'sqs:SendMessage','Resource':{'Fn::GetAtt':['Letters','Arn']}}]}}}},
       'Outputs':{'Role':{'Value':{'Fn::GetAtt':['Planned','Arn']}}}}
      """
          .replace('\'', '"');

  @TempDir private Path cdkOut;
  private LocalCloud cloud;

  @BeforeEach
  void start() throws Exception {
    String manifest =
        "{\"artifacts\":{\"agentpost\":{\"type\":\"aws:cloudformation:stack\",\"properties\":{\"templateFile\":\"agentpost.template.json\"}}}}";
    Files.writeString(cdkOut.resolve("manifest.json"), manifest);
    Files.writeString(cdkOut.resolve("agentpost.template.json"), TEMPLATE);
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1));
    cloud.deploy(cdkOut);
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private void schedule(Consumer<Target.Builder> target) {
    String role = cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("Role", "");
    try (SchedulerClient scheduler = cloud.clients("test").create(SchedulerClient.builder())) {
      scheduler.createSchedule(
          schedule ->
              schedule
                  .name("trial-monitor.uuid-7")
                  .scheduleExpression("at(2020-01-01T00:00:00)")
                  .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                  .target(
                      to -> {
                        to.roleArn(role)
                            .retryPolicy(retry -> retry.maximumRetryAttempts(0))
                            .deadLetterConfig(
                                dead ->
                                    dead.arn(
                                        "arn:aws:sqs:us-east-1:000000000000:agentpost-schedules-dlq"));
                        target.accept(to);
                      }));
    }
  }

  private Run dlq(String... args) {
    String[] all = new String[args.length + 3];
    all[0] = "dlq";
    System.arraycopy(args, 0, all, 1, args.length);
    all[args.length + 1] = "--endpoint-url";
    all[args.length + 2] = cloud.endpoint().toString();
    return Run.of("", all);
  }

  @Test
  void aReminderThatDidNotGetOntoTheBusIsListedAndShownByItsEvent() {
    schedule(
        target ->
            target
                .arn("arn:aws:events:us-east-1:000000000000:event-bus/agentpost")
                .eventBridgeParameters(
                    event -> event.source("trial-monitor").detailType("trial.ending"))
                .input("{\"event_id\":\"uuid-7\"}"));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(dlq("list").out())
                    .containsPattern("schedules +1 +.*AccessDeniedException 1\n"));
    assertThat(dlq("show", "schedules").out())
        .contains("uuid-7  trial.ending  ")
        .contains("AccessDeniedException (MaximumRetryAttempts): ");
  }
}
