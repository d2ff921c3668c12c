package agentpost.local.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.catalog.Directory;
import agentpost.catalog.ResourceNames;
import agentpost.local.egress.ApiHost;
import agentpost.local.testing.HookHandler;
import agentpost.local.testing.Templates;
import agentpost.secrets.StoredSecret;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * The template of the CDK app: its bus, rules, connection, API destinations, secrets and queues in
 * the cloud, its functions in this JVM.
 */
interface AppScenarios extends Scenario {
  private void put(String type, String source, String detail) {
    PutEventsRequestEntry entry =
        PutEventsRequestEntry.builder()
            .eventBusName(cloud().app().prefix())
            .source(source)
            .detailType(type)
            .detail(detail)
            .build();
    assertThat(
            cloud()
                .aws()
                .create(EventBridgeClient.builder())
                .putEvents(put -> put.entries(entry))
                .failedEntryCount())
        .isZero();
  }

  private static String signUp(String id) {
    return """
    {"event_id":"%s","event_type":"user.signed_up","timestamp":"2026-03-31T10:30:00Z","data":{"user_id":"usr-5678","email":"%s@example.com","plan":"premium_trial",\
    "signup_source":"marketing_campaign_xyz","location":"US-CA"},"metadata":{"source_service":"authentication_service","correlation_id":"corr-9876"}}\
    """
        .formatted(id, id);
  }

  private String secret(String agent) {
    return cloud()
        .aws()
        .create(SecretsManagerClient.builder())
        .getSecretValue(get -> get.secretId(cloud().app().prefix() + "/agents/" + agent))
        .secretString();
  }

  private HttpResponse<String> post(String path, byte[] body, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(cloud().app().url() + path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private long mailsTo(String address) {
    return cloud().outbox().stream().filter(mail -> mail.to().equals(address)).count();
  }

  @Test
  default void oneSignUpIsActedOnByEveryAgentThatSubscribedAndTheirAnswersAreOnTheBus() {
    Cloud.App app = cloud().app();
    EventBridgeClient events = cloud().aws().create(EventBridgeClient.builder());
    SqsClient queues = cloud().aws().create(SqsClient.builder());
    String url = queues.createQueue(create -> create.queueName(unique("heard"))).queueUrl();
    events.putRule(
        put ->
            put.name("heard")
                .eventBusName(app.prefix())
                .eventPattern(
                    "{\"detail-type\":[\"email.sent\",\"trial.started\",\"features.suggested\",\"support.alerted\"]}"));
    events.putTargets(
        put ->
            put.rule("heard")
                .eventBusName(app.prefix())
                .targets(
                    Target.builder()
                        .id("1")
                        .arn("arn:aws:sqs:us-east-1:000000000000:" + unique("heard"))
                        .inputPath("$.detail-type")
                        .build()));
    String id = unique("sign-up");
    put("user.signed_up", "authentication_service", signUp(id));
    List<String> heard = new ArrayList<>();
    Scenario.eventually(
        () -> {
          queues
              .receiveMessage(receive -> receive.queueUrl(url).maxNumberOfMessages(10))
              .messages()
              .forEach(message -> heard.add(message.body()));
          return heard.size() >= 4;
        });
    assertThat(heard)
        .containsExactlyInAnyOrder(
            "\"email.sent\"", "\"trial.started\"", "\"features.suggested\"", "\"support.alerted\"");
    assertThat(mailsTo(id + "@example.com")).isEqualTo(1);
    DynamoDbClient tables = cloud().aws().create(DynamoDbClient.builder());
    for (String agent :
        List.of(
            "welcome-agent",
            "trial-monitor",
            "personalization-agent",
            "support-notification",
            "onboarding-coordinator")) {
      Map<String, AttributeValue> key =
          Map.of("agent", AttributeValue.fromS(agent), "event_id", AttributeValue.fromS(id));
      Scenario.eventually(
          () ->
              AttributeValue.fromS("DONE")
                  .equals(
                      tables
                          .getItem(get -> get.tableName(app.named("claims")).key(key))
                          .item()
                          .get("status")));
    }
    events.removeTargets(remove -> remove.rule("heard").eventBusName(app.prefix()).ids("1"));
    events.deleteRule(delete -> delete.name("heard").eventBusName(app.prefix()));
    queues.deleteQueue(delete -> delete.queueUrl(url));
  }

  @Test
  default void aWebhookIsOneThatAnyStandardWebhooksLibraryVerifies(@TempDir Path directory)
      throws Exception {
    Cloud.App app = cloud().app();
    Templates.write(
        directory,
        "hook",
        """
        {"Resources":{"Hook":{"Type":"AWS::Lambda::Function","Properties":{"FunctionName":"%1$s","Handler":"agentpost.local.testing.HookHandler","Timeout":5,"Role":{"Fn::GetAtt":["HookRole","Arn"]}}},
         "HookRole":{"Type":"AWS::IAM::Role","Properties":{"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[
          {"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}}},
         "HookMayBeCalled":{"Type":"AWS::Lambda::Permission","Properties":{"Action":"lambda:InvokeFunction","FunctionName":{"Ref":"Hook"},"Principal":"apigateway.amazonaws.com"}},
         "HookApi":{"Type":"AWS::ApiGateway::RestApi","Properties":{"Name":"hook","Body":{"openapi":"3.0.1","paths":{"/hook":{"post":{"x-amazon-apigateway-integration":{"type":"aws_proxy",
          "uri":"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:%1$s/invocations"}}}}}}}},
         "Outputs":{"Api":{"Value":{"Ref":"HookApi"}}}}\
        """
            .formatted(app.named("hook")));
    String api = cloud().deploy(directory).getOrDefault("hook", Map.of()).getOrDefault("Api", "");
    SecretsManagerClient secrets = cloud().aws().create(SecretsManagerClient.builder());
    String agents = new ResourceNames(app.prefix()).agentDirectory();
    String known = secrets.getSecretValue(get -> get.secretId(agents)).secretString();
    String hook = "https://" + ApiHost.of(api) + "/prod/hook";
    ObjectNode entry =
        (ObjectNode) Objects.requireNonNull(Directory.read(known).get("metrics-agent"));
    secrets.putSecretValue(
        put ->
            put.secretId(agents)
                .secretString(Directory.with(known, "metrics-agent", entry.put("endpoint", hook))));
    String id = unique("hooked");
    put(
        "demo.scheduled",
        "scheduling-agent",
        """
        {"event_id":"%s","event_type":"demo.scheduled","timestamp":"2026-03-31T10:30:00Z","data":{"lead_id":"lead-77","starts_at":"2026-04-01T13:00:00Z","operation_id":"op-1"},\
        "metadata":{"source_service":"scheduling-agent","correlation_id":"corr-1"}}\
        """
            .formatted(id));
    Scenario.eventually(
        () ->
            HookHandler.DELIVERED.stream()
                .anyMatch(delivered -> id.equals(delivered.headers().get("webhook-id"))));
    HookHandler.Delivered delivered =
        HookHandler.DELIVERED.stream()
            .filter(one -> id.equals(one.headers().get("webhook-id")))
            .findFirst()
            .orElseThrow();
    Map<String, List<String>> headers = new TreeMap<>();
    delivered.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    String text = secret("metrics-agent").replaceFirst("^\\{\"current\":\"([^\"]+)\".*$", "$1");
    new Webhook(text)
        .verify(new String(delivered.body(), UTF_8), HttpHeaders.of(headers, (_, _) -> true));
    assertThat(new String(delivered.body(), UTF_8))
        .contains("\"lead-77\"")
        .startsWith("{")
        .doesNotContain("detail-type");
  }

  @Test
  default void aForgedRequestIsRefusedAndAReplayedOneActsOnce() throws Exception {
    String id = unique("direct");
    byte[] body = signUp(id).getBytes(UTF_8);
    Map<String, String> forged =
        new Signer(WebhookKeyStore.parse(secret("trial-monitor"))).sign(id, Instant.now(), body);
    assertThat(post("/webhooks/welcome-agent", body, forged).statusCode()).isEqualTo(403);
    assertThat(mailsTo(id + "@example.com")).isZero();
    Map<String, String> signed =
        new Signer(WebhookKeyStore.parse(secret("welcome-agent"))).sign(id, Instant.now(), body);
    assertThat(post("/webhooks/welcome-agent", body, signed).statusCode()).isEqualTo(200);
    assertThat(post("/webhooks/welcome-agent", body, signed).body()).contains("already done");
    assertThat(mailsTo(id + "@example.com")).isEqualTo(1);
  }

  @Test
  default void theRelayOpensToTheKeyThatTheConnectionSends() throws Exception {
    byte[] body = signUp(unique("relayed")).getBytes(UTF_8);
    assertThat(
            post("/deliveries/welcome-agent", body, Map.of("X-Agentpost-Relay-Key", "x".repeat(64)))
                .statusCode())
        .isEqualTo(503);
    String relay =
        cloud()
            .aws()
            .create(SecretsManagerClient.builder())
            .getSecretValue(get -> get.secretId(cloud().app().prefix() + "/relay"))
            .secretString();
    String key = StoredSecret.read(relay).current();
    assertThat(
            post("/deliveries/welcome-agent", body, Map.of("X-Agentpost-Relay-Key", key))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  @Hits(Gap.NO_ARCHIVES_IN_CLOUDFORMATION)
  default void theArchiveOfTheTemplateKeepsItsEvents() throws Exception {
    String prefix = cloud().app().prefix();
    EventBridgeClient events = cloud().aws().create(EventBridgeClient.builder());
    long before = events.describeArchive(describe -> describe.archiveName(prefix)).eventCount();
    put("email.sent", "nobody", "{\"event_id\":\"" + unique("archived") + "\"}");
    Scenario.eventually(
        () ->
            events.describeArchive(describe -> describe.archiveName(prefix)).eventCount() > before);
    expect(Gap.NO_ARCHIVES_IN_CLOUDFORMATION, () -> {}, this::cloudFormationHasNoArchives);
  }

  private void cloudFormationHasNoArchives() {
    String name = unique("archive");
    String bus = "arn:aws:events:us-east-1:000000000000:event-bus/" + cloud().app().prefix();
    String template =
        "{\"Resources\":{\"A\":{\"Type\":\"AWS::Events::Archive\",\"Properties\":{\"ArchiveName\":\""
            + name
            + "\",\"SourceArn\":\""
            + bus
            + "\"}}}}";
    CloudFormationClient stacks = cloud().bare().create(CloudFormationClient.builder());
    stacks.createStack(create -> create.stackName(name).templateBody(template));
    Scenario.eventually(
        () ->
            !stacks
                .describeStacks(describe -> describe.stackName(name))
                .stacks()
                .getFirst()
                .stackStatusAsString()
                .endsWith("_IN_PROGRESS"));
    assertThatThrownBy(
            () ->
                cloud()
                    .bare()
                    .create(EventBridgeClient.builder())
                    .describeArchive(describe -> describe.archiveName(name)))
        .isInstanceOf(
            software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException.class);
    stacks.deleteStack(delete -> delete.stackName(name));
  }
}
