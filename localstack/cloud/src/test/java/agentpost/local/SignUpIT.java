package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import agentpost.platform.AwsClients;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ScheduleSummary;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * A sign-up from PutEvents to what the real agents did, and the days on which something is wrong.
 */
class SignUpIT {
  private static final String SIGN_UP =
      "{\"source\":[\"authentication_service\"],\"detail-type\":[\"user.signed_up\"]}";

  @TempDir private static Path cdkOut;
  private static final List<DeliveryEvent> HAPPENINGS = new CopyOnWriteArrayList<>();
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static LocalCloud cloud;
  private static AwsClients aws;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    AgentpostTemplate template = new AgentpostTemplate();
    template
        .agent("welcome-agent", "agentpost.onboarding.WelcomeHandler", SIGN_UP)
        .put("EMAIL_FROM", "hello@example.com");
    template
        .agent("trial-monitor", "agentpost.onboarding.TrialMonitorHandler", SIGN_UP)
        .put("AGENT_STATE_TABLE", "agentpost-agent-state")
        .put("SCHEDULE_GROUP", "agentpost")
        .put("SCHEDULE_ROLE_ARN", "arn:aws:iam::000000000000:role/r")
        .put("SCHEDULE_DLQ_ARN", "arn:aws:sqs:us-east-1:000000000000:agentpost-schedules-dlq")
        .putObject("BUS_ARN")
        .putArray("Fn::GetAtt")
        .add("Bus")
        .add("Arn");
    template.agent("personalization-agent", "agentpost.onboarding.PersonalizationHandler", SIGN_UP);
    template
        .agent(
            "support-notification",
            "agentpost.onboarding.SupportNotificationHandler",
            SIGN_UP.replace("]}", "],\"detail\":{\"data\":{\"plan\":[\"premium_trial\"]}}}"))
        .put("EMAIL_FROM", "hello@example.com")
        .put("SUPPORT_EMAIL", "support@example.com");
    template
        .agent("slow-agent", "agentpost.local.testing.OddHandler", from("slow"))
        .put("ODD", "slow-once");
    template
        .agent("garbage-agent", "agentpost.local.testing.OddHandler", from("garbage"))
        .put("ODD", "garbage");
    template
        .agent("late-agent", "agentpost.onboarding.WelcomeHandler", from("late"))
        .put("EMAIL_FROM", "hello@example.com")
        .put("CLAIMS_TABLE", "agentpost-late");
    template
        .agent("secretless-agent", "agentpost.onboarding.WelcomeHandler", from("secretless"))
        .put("EMAIL_FROM", "hello@example.com")
        .put("WEBHOOK_SECRET", "agentpost/agents/forgotten");
    for (String odd : List.of("no-answer", "no-base64", "overflow", "mistake")) {
      template
          .function("odd-" + odd, "agentpost.local.testing.OddHandler", 5, "/odd/" + odd)
          .put("ODD", odd);
    }
    template
        .function("odd-parameters", "agentpost.local.testing.OddHandler", 5, "/odd/{a}/of/{b}")
        .put("ODD", "parameters");
    Templates.write(cdkOut, "agentpost", template.toString());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 20, 1));
    cloud.listen(HAPPENINGS::add);
    cloud.listenToLogs((function, line) -> LOG.add(function + " " + line));
    cloud.deploy(cdkOut);
    aws = cloud.clients("test");
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static String from(String source) {
    return "{\"source\":[\"" + source + "\"]}";
  }

  private static String signUp(String id, String email, String plan) {
    return """
    {"event_id":"%s","event_type":"user.signed_up","timestamp":"2026-03-31T10:30:00Z","data":{"user_id":"usr-%s","email":"%s","plan":"%s",\
    "signup_source":"marketing_campaign_xyz","location":"US-CA"},"metadata":{"source_service":"authentication_service","correlation_id":"corr-9876"}}\
    """
        .formatted(id, id, email, plan);
  }

  private static void put(String source, String detail) {
    PutEventsRequestEntry entry =
        PutEventsRequestEntry.builder()
            .eventBusName("agentpost")
            .source(source)
            .detailType("user.signed_up")
            .detail(detail)
            .build();
    assertThat(
            aws.create(EventBridgeClient.builder())
                .putEvents(put -> put.entries(entry))
                .failedEntryCount())
        .isZero();
  }

  private static Stream<DeliveryEvent.AttemptMade> attempts(String eventId) {
    return HAPPENINGS.stream()
        .filter(DeliveryEvent.AttemptMade.class::isInstance)
        .map(DeliveryEvent.AttemptMade.class::cast)
        .filter(a -> a.eventId().equals(eventId));
  }

  private static HttpResponse<String> post(String path, byte[] body, Map<String, String> headers)
      throws Exception {
    URI api =
        URI.create(
            cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", "") + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(api).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Map<String, String> signed(String agent, String id, byte[] body) {
    String text =
        aws.create(SecretsManagerClient.builder())
            .getSecretValue(get -> get.secretId("agentpost/agents/" + agent))
            .secretString();
    return new LinkedHashMap<>(
        new Signer(WebhookKeyStore.parse(text)).sign(id, Instant.now(), body));
  }

  private static long mailsTo(String address) {
    return cloud.outbox().stream().filter(mail -> mail.to().equals(address)).count();
  }

  private static List<Message> letters(String agent) {
    SqsClient queues = aws.create(SqsClient.builder());
    String url = queues.getQueueUrl(get -> get.queueName("agentpost-" + agent + "-dlq")).queueUrl();
    return queues
        .receiveMessage(receive -> receive.queueUrl(url).messageAttributeNames("All"))
        .messages();
  }

  @Test
  void aSignUpIsVerifiedClaimedActedOnAndAnswered() {
    put("authentication_service", signUp("uuid-1234-abcd", "ada@example.com", "premium_trial"));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                attempts("uuid-1234-abcd")
                        .filter(a -> a.status().filter(status -> status == 200).isPresent())
                        .map(DeliveryEvent.AttemptMade::rule)
                        .distinct()
                        .count()
                    == 4);
    assertThat(mailsTo("ada@example.com")).isEqualTo(1);
    assertThat(cloud.outbox())
        .anyMatch(
            mail ->
                mail.to().equals("support@example.com") && mail.text().contains("uuid-1234-abcd"));
    List<String> types =
        HAPPENINGS.stream()
            .filter(DeliveryEvent.EventAccepted.class::isInstance)
            .map(happening -> ((DeliveryEvent.EventAccepted) happening).detailType())
            .toList();
    assertThat(types)
        .contains(
            "user.signed_up",
            "email.sent",
            "trial.started",
            "features.suggested",
            "support.alerted");
    DynamoDbClient tables = aws.create(DynamoDbClient.builder());
    for (String agent :
        List.of(
            "welcome-agent", "trial-monitor", "personalization-agent", "support-notification")) {
      Map<String, AttributeValue> key =
          Map.of(
              "agent",
              AttributeValue.fromS(agent),
              "event_id",
              AttributeValue.fromS("uuid-1234-abcd"));
      assertThat(tables.getItem(get -> get.tableName("agentpost-claims").key(key)).item())
          .containsEntry("status", AttributeValue.fromS("DONE"));
    }
    Map<String, AttributeValue> trial =
        Map.of(
            "agent",
            AttributeValue.fromS("trial-monitor"),
            "key",
            AttributeValue.fromS("trial#usr-uuid-1234-abcd"));
    assertThat(tables.getItem(get -> get.tableName("agentpost-agent-state").key(trial)).hasItem())
        .isTrue();
  }

  @Test
  void aTrialThatBeginsNowGetsItsReminderPlanned() {
    put(
        "authentication_service",
        signUp("trial-1", "trial@example.com", "premium_trial")
            .replace("2026-03-31T10:30:00Z", Instant.now().toString()));
    SchedulerClient scheduler = aws.create(SchedulerClient.builder());
    await().until(() -> !scheduler.listSchedules(list -> {}).schedules().isEmpty());
    ScheduleSummary planned = scheduler.listSchedules(list -> {}).schedules().getFirst();
    assertThat(planned.groupName()).isEqualTo("agentpost");
    assertThat(
            scheduler
                .getSchedule(get -> get.groupName("agentpost").name(planned.name()))
                .target()
                .input())
        .contains("trial.ending", "usr-trial-1");
  }

  @Test
  void aSignUpOfLittleValueDoesNotReachSupport() {
    put("authentication_service", signUp("small-1", "small@example.com", "free"));
    await()
        .until(
            () ->
                attempts("small-1").count() >= 3
                    && cloud.pendingDeliveries().stream()
                        .noneMatch(flight -> flight.eventId().equals("small-1")));
    assertThat(attempts("small-1").map(DeliveryEvent.AttemptMade::rule))
        .doesNotContain("agentpost-support-notification");
  }

  @Test
  void anAgentThatAnswersAfterSixSecondsIsTriedAgain() {
    put("slow", signUp("slow-1", "slow@example.com", "free"));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                attempts("slow-1")
                    .anyMatch(a -> a.status().filter(status -> status == 200).isPresent()));
    assertThat(attempts("slow-1").map(a -> a.status().orElse(0))).startsWith(504).endsWith(200);
    assertThat(attempts("slow-1").findFirst().orElseThrow().took())
        .as("the relay waits for it, and answers before EventBridge hangs up")
        .isGreaterThanOrEqualTo(Duration.ofMillis(4400));
  }

  @Test
  void anAgentThatAnswersGarbageIsADeadLetterThatCanBeRead() {
    put("garbage", signUp("garbage-1", "garbage@example.com", "free"));
    List<Message> received = new CopyOnWriteArrayList<>();
    await().until(() -> received.addAll(letters("garbage-agent")));
    Message letter = received.getFirst();
    assertThat(letter.body()).contains("\"event_id\":\"garbage-1\"");
    assertThat(letter.messageAttributes())
        .extractingByKey("ERROR_MESSAGE")
        .extracting(MessageAttributeValue::stringValue)
        .isEqualTo("The endpoint answered 422: ???\ufffd\ufffd<");
  }

  @Test
  void whileDynamoDbDoesNotAnswerTheEventComesAgainAndThenIsDone() {
    put("late", signUp("late-1", "late@example.com", "free"));
    await()
        .until(
            () ->
                attempts("late-1")
                    .anyMatch(a -> a.status().filter(status -> status == 503).isPresent()));
    assertThat(mailsTo("late@example.com")).isZero();
    aws.create(DynamoDbClient.builder())
        .createTable(
            create ->
                create
                    .tableName("agentpost-late")
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(
                        AttributeDefinition.builder()
                            .attributeName("agent")
                            .attributeType("S")
                            .build(),
                        AttributeDefinition.builder()
                            .attributeName("event_id")
                            .attributeType("S")
                            .build())
                    .keySchema(
                        KeySchemaElement.builder().attributeName("agent").keyType("HASH").build(),
                        KeySchemaElement.builder()
                            .attributeName("event_id")
                            .keyType("RANGE")
                            .build()));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                attempts("late-1")
                    .anyMatch(a -> a.status().filter(status -> status == 200).isPresent()));
    assertThat(mailsTo("late@example.com")).isEqualTo(1);
  }

  @Test
  void aFunctionWithoutItsSecretFailsAtInitSaysWhichAndStartsAnewOnceItIsThere() throws Exception {
    HttpResponse<String> answer = post("/webhooks/secretless-agent", new byte[0], Map.of());
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Internal server error\"}");
    assertThat(LOG)
        .anyMatch(
            line ->
                line.startsWith("agentpost-secretless-agent ")
                    && line.contains("secret agentpost/agents/forgotten does not exist"));
    aws.create(SecretsManagerClient.builder())
        .createSecret(
            create ->
                create
                    .name("agentpost/agents/forgotten")
                    .secretString("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    assertThat(post("/webhooks/secretless-agent", new byte[0], Map.of()).statusCode())
        .isEqualTo(403);
  }

  @Test
  void theRelayOpensToItsKeyOnly() throws Exception {
    byte[] body = signUp("forged-0", "forged@example.com", "free").getBytes(UTF_8);
    assertThat(
            post("/deliveries/welcome-agent", body, Map.of("X-Agentpost-Relay-Key", "x".repeat(64)))
                .statusCode())
        .isEqualTo(503);
    assertThat(post("/deliveries/welcome-agent", body, Map.of()).statusCode()).isEqualTo(403);
    assertThat(mailsTo("forged@example.com")).isZero();
  }

  @Test
  void aForgedSignatureIsRefused() throws Exception {
    byte[] body = signUp("forged-1", "forged@example.com", "free").getBytes(UTF_8);
    Map<String, String> headers = signed("trial-monitor", "forged-1", body);
    HttpResponse<String> answer = post("/webhooks/welcome-agent", body, headers);
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(mailsTo("forged@example.com")).isZero();
  }

  @Test
  void bodiesArriveByteForByte() throws Exception {
    byte[] odd =
        (" \r\n" + signUp("bytes-1", "bytes@example.com", "free").replace(":\"", " :\t\"") + "\n\n")
            .getBytes(UTF_8);
    assertThat(
            post("/webhooks/welcome-agent", odd, signed("welcome-agent", "bytes-1", odd))
                .statusCode())
        .isEqualTo(200);
    ByteArrayOutputStream broken = new ByteArrayOutputStream();
    broken.writeBytes(signUp("bytes-2", "bytes@example.com", "free").getBytes(UTF_8));
    broken.writeBytes(new byte[] {(byte) 0xff, 0, (byte) 0xfe});
    byte[] body = broken.toByteArray();
    // Its signature holds, so not 403: what arrived is what was signed, and it is not JSON.
    assertThat(
            post("/webhooks/welcome-agent", body, signed("welcome-agent", "bytes-2", body))
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void twoDeliveriesAtTheSameInstantActOnce() {
    byte[] body = signUp("twice-1", "twice@example.com", "free").getBytes(UTF_8);
    Map<String, String> headers = signed("welcome-agent", "twice-1", body);
    List<CompletableFuture<Integer>> both =
        Stream.generate(
                () ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            return post("/webhooks/welcome-agent", body, headers).statusCode();
                          } catch (Exception e) {
                            throw new IllegalStateException(e);
                          }
                        }))
            .limit(4)
            .toList();
    List<Integer> statuses = both.stream().map(CompletableFuture::join).toList();
    assertThat(statuses).contains(200).allMatch(status -> status == 200 || status == 503);
    assertThat(mailsTo("twice@example.com")).isEqualTo(1);
  }

  @Test
  void aFunctionsFailureOrNoAnswerIsABadGatewayAndItsErrorIsLogged() throws Exception {
    for (String odd : List.of("mistake", "overflow", "no-answer", "no-base64")) {
      HttpResponse<String> answer = post("/odd/" + odd, new byte[0], Map.of());
      assertThat(answer.statusCode()).as(odd).isEqualTo(502);
      assertThat(answer.body()).as(odd).isEqualTo("{\"message\":\"Internal server error\"}");
    }
    assertThat(LOG)
        .anyMatch(
            line -> line.startsWith("odd-mistake failed: ") && line.contains("an agent's mistake"));
    assertThat(LOG)
        .anyMatch(
            line ->
                line.startsWith("odd-overflow failed: ") && line.contains("StackOverflowError"));
  }

  @Test
  void aRoutesParametersAreDecodedAndOtherPathsAreRefused() throws Exception {
    assertThat(post("/odd/a%20b+c/of/%C3%BC", new byte[0], Map.of()).body())
        .contains("a=a b+c")
        .contains("b=\u00fc");
    HttpResponse<String> nowhere = post("/odd/a/b/of/c", new byte[0], Map.of());
    assertThat(nowhere.statusCode()).isEqualTo(403);
    assertThat(nowhere.body()).isEqualTo("{\"message\":\"Missing Authentication Token\"}");
  }
}
