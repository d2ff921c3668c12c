package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.Templates;
import agentpost.platform.AwsClients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Rules reach the targets and dead-letter queues that their roles and policies allow. */
class RuleRightsIT extends RightsTestBed {
  private static final List<DeliveryEvent> HAPPENINGS = new CopyOnWriteArrayList<>();
  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static AwsClients aws;

  @BeforeAll
  static void start() throws Exception {
    String destination =
        "{'Type':'AWS::Events::ApiDestination','Properties':{'Name':'%s','HttpMethod':'POST','InvocationEndpoint':'http://127.0.0.1:1/','ConnectionArn':"
            + arn("Connection")
            + "}}";
    Templates.write(
        cdkOut,
        "rules",
        template(
            "",
            "'Bus':{'Type':'AWS::Events::EventBus','Properties':{'Name':'bus'}}",
            role(
                "SchedulerRole",
                "scheduler.amazonaws.com",
                allow("'events:PutEvents'", "'arn:aws:events:" + HERE + "event-bus/elsewhere'")),
            role(
                "EventsRole",
                "events.amazonaws.com",
                allow("'events:InvokeApiDestination'", arn("Good"))),
            "'Connection':{'Type':'AWS::Events::Connection','Properties':{'Name':'c','AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'k','ApiKeyValue':'v'}}}}",
            "'Good':" + destination.formatted("good"),
            "'Bad':" + destination.formatted("bad"),
            queue("plain-dlq"),
            queuePolicy("plain-dlq", "may-not", "no-role", "cannot"),
            queue("closed-dlq"),
            queue("heard"),
            rule("may-not", arn("Bad"), "EventsRole", "plain-dlq"),
            rule("no-role", arn("Good"), "", "plain-dlq"),
            rule("cannot", arn("Good"), "SchedulerRole", "plain-dlq"),
            rule("nowhere", arn("Bad"), "EventsRole", "closed-dlq"),
            rule("to-queue", arn("heard"), "", "")));
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
    cloud.listen(HAPPENINGS::add);
    cloud.deploy(cdkOut);
    aws = cloud.clients("test");
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static String rule(String name, String targetArn, String role, String deadLetters) {
    return "'"
        + name
        + "':{'Type':'AWS::Events::Rule','Properties':{'Name':'"
        + name
        + "','EventBusName':{'Ref':'Bus'},'EventPattern':{'detail-type':['"
        + name
        + "']},'Targets':[{'Id':'1','Arn':"
        + targetArn
        + (role.isEmpty() ? "" : ",'RoleArn':" + arn(role))
        + (deadLetters.isEmpty() ? "" : ",'DeadLetterConfig':{'Arn':" + arn(deadLetters) + "}")
        + "}]}}";
  }

  private static String queuePolicy(String queue, String... rules) {
    List<String> arns = new ArrayList<>();
    for (String rule : rules) {
      arns.add("'arn:aws:events:" + HERE + "rule/bus/" + rule + "'");
    }
    return "'"
        + queue
        + "Policy':{'Type':'AWS::SQS::QueuePolicy','Properties':{'Queues':[{'Ref':'"
        + queue
        + "'}],'PolicyDocument':{'Statement':["
        + "{'Effect':'Allow','Action':'sqs:SendMessage','Principal':{'Service':'events.amazonaws.com'},'Resource':"
        + arn(queue)
        + ",'Condition':{'ArnLike':{'aws:SourceArn':["
        + String.join(",", arns)
        + "]}}}]}}}";
  }

  private static void put(String detailType) {
    try (EventBridgeClient events = aws.create(EventBridgeClient.builder())) {
      events.putEvents(
          put ->
              put.entries(
                  PutEventsRequestEntry.builder()
                      .eventBusName("bus")
                      .source("s")
                      .detailType(detailType)
                      .detail("{\"event_id\":\"" + detailType + "\"}")
                      .build()));
    }
  }

  private static Map<String, String> letterOf(String rule) {
    try (SqsClient queues = aws.create(SqsClient.builder())) {
      String url = queues.getQueueUrl(get -> get.queueName("plain-dlq")).queueUrl();
      return await()
          .until(
              () ->
                  queues
                      .receiveMessage(
                          receive ->
                              receive
                                  .queueUrl(url)
                                  .messageAttributeNames("All")
                                  .maxNumberOfMessages(10)
                                  .visibilityTimeout(0))
                      .messages()
                      .stream()
                      .map(RuleRightsIT::attributes)
                      .filter(
                          attributes ->
                              attributes.getOrDefault("RULE_ARN", "").endsWith("/" + rule))
                      .findFirst()
                      .orElse(Map.of()),
              letter -> !letter.isEmpty());
    }
  }

  private static Map<String, String> attributes(Message message) {
    Map<String, String> attributes = new TreeMap<>();
    message.messageAttributes().forEach((name, value) -> attributes.put(name, value.stringValue()));
    return attributes;
  }

  @ParameterizedTest
  @CsvSource({
    "may-not, NO_PERMISSIONS, events:InvokeApiDestination",
    "no-role, NO_PERMISSIONS, events.amazonaws.com",
    "cannot, FAILED_TO_ASSUME_ROLE, events.amazonaws.com cannot assume the role"
  })
  void anEventWhoseRuleMayNotCallItsTargetIsADeadLetter(String rule, String code, String message) {
    put(rule);
    assertThat(letterOf(rule))
        .containsEntry("ERROR_CODE", code)
        .containsEntry("RETRY_ATTEMPTS", "0")
        .hasEntrySatisfying("ERROR_MESSAGE", text -> assertThat(text).contains(message));
  }

  @Test
  void aDeadLetterQueueThatDoesNotLetTheRuleInLosesTheEvent() {
    put("nowhere");
    await()
        .untilAsserted(
            () ->
                assertThat(HAPPENINGS)
                    .anySatisfy(
                        happening -> {
                          assertThat(happening).isInstanceOf(DeliveryEvent.Dropped.class);
                          assertThat(happening.toString())
                              .contains("nowhere")
                              .contains(
                                  "events.amazonaws.com is not authorized to perform:"
                                      + " sqs:SendMessage on resource: arn:aws:sqs:"
                                      + HERE
                                      + "closed-dlq");
                        }));
  }

  @Test
  void aQueueThatDoesNotLetARuleInGetsNothing() {
    put("to-queue");
    await()
        .untilAsserted(
            () ->
                assertThat(HAPPENINGS)
                    .anySatisfy(
                        happening ->
                            assertThat(happening.toString())
                                .contains("Dropped")
                                .contains("to-queue")
                                .contains("NO_PERMISSIONS")));
    try (SqsClient queues = aws.create(SqsClient.builder())) {
      String url = queues.getQueueUrl(get -> get.queueName("heard")).queueUrl();
      assertThat(
              queues
                  .getQueueAttributes(
                      get ->
                          get.queueUrl(url)
                              .attributeNames(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES))
                  .attributes())
          .containsValue("0");
    }
  }
}
