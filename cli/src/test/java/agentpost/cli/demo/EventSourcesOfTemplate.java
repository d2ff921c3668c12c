package agentpost.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.Launcher;
import agentpost.local.LocalCloud;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Sends functions what the template connects them to: requests through the API, messages through
 * the queue, a schedule's input.
 */
final class EventSourcesOfTemplate {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String AS_EXPECTED = "as expected";
  private static final int MAX_ATTEMPTS = 10;
  private static final List<String> QUEUES = List.of("agentpost-calendar", "agentpost-alerts");

  private final LocalCloud cloud;
  private final Path cdkOut;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, String> secrets = new HashMap<>();

  EventSourcesOfTemplate(LocalCloud cloud, Path cdkOut) {
    this.cloud = cloud;
    this.cdkOut = cdkOut;
  }

  /** Whether several sendings may come to it as one. */
  boolean isBatched(JsonNode function) {
    return QUEUES.contains(function.path("FunctionName").asText());
  }

  /**
   * Sent again as EventBridge would while the answer is that it came too late: a cold start behind
   * a cold start takes its time on a machine that does much else. What ended badly is in the
   * function's reports.
   *
   * @return "as expected", or what was answered instead
   */
  String send(JsonNode function, int number) throws Exception {
    String answer = sentOnce(function, number);
    for (int again = 1; again < MAX_ATTEMPTS && answer.matches("(?s)50[34] .*"); again++) {
      answer = sentOnce(function, number);
    }
    return answer;
  }

  private String sentOnce(JsonNode function, int number) throws Exception {
    String name = function.path("FunctionName").asText();
    String handler = function.path("Handler").asText();
    String agent = function.path("Environment").path("Variables").path("AGENT").asText();
    String id = "real-" + name + "-" + number;
    return switch (handler.substring(handler.lastIndexOf('.') + 1)) {
      case "RelayHandler" ->
          expect(
              "200",
              post(
                  "/deliveries/welcome-agent",
                  Map.of(
                      "X-Agentpost-Relay-Key",
                      JSON.readTree(secret("agentpost/relay")).path("current").asText()),
                  event("user.signed_up", id)));
      case "IngestHandler" -> {
        String body =
            "{\"id\":\""
                + id
                + "\",\"event\":\"contact.created\",\"contact\":{\"id\":77,\"name\":\"Ada\",\"email\":\"ada@example.com\",\"title\":\"Head\",\"company\":{\"name\":\"A\",\"employees\":250},\"location\":\"DE-BE\"}}";
        String now = Long.toString(Instant.now().getEpochSecond());
        String signature =
            "sha256="
                + hmac(
                    JSON.readTree(secret("agentpost/sources/crm")).path("current").asText(),
                    now + "." + body);
        yield expect(
            "202",
            post(
                "/ingest/crm",
                Map.of("X-Crm-Timestamp", now, "X-Crm-Signature", signature),
                body.getBytes(UTF_8)));
      }
      case "ProcessDataHandler", "CalendarHandler" -> {
        // What the one has accepted, the other's queue brings it.
        ObjectNode request =
            JSON.createObjectNode().put("callback_url", callbackUrl()).put("correlation_id", id);
        request.putObject("data_to_process").put("time_zone", "Europe/Berlin");
        yield expect(
            "202",
            signed(
                "/process-data",
                "agentpost/processors/calendar",
                id,
                request.toString().getBytes(UTF_8)));
      }
      case "CallbackHandler" -> {
        String body = "{\"correlation_id\":\"" + id + "\",\"status\":\"completed\",\"result\":{}}";
        yield expect(
            "404",
            signed(
                "/webhooks/process-complete",
                "agentpost/processors/calendar",
                id,
                body.getBytes(UTF_8)));
      }
      case "AlertsHandler" -> {
        queued(name, alarm(id));
        yield AS_EXPECTED;
      }
      case "RotationHandler" ->
          invoked(
              name,
              JSON.createObjectNode()
                  .put("Step", "testSecret")
                  .put("SecretId", "agentpost/agents/welcome-agent")
                  .put("ClientRequestToken", UUID.nameUUIDFromBytes(id.getBytes(UTF_8)).toString())
                  .toString());
      case "KeysHandler" ->
          expect(
              "200",
              answered(
                  HttpRequest.newBuilder(URI.create(apiUrl() + "/.well-known/agentpost-keys.json"))
                      .build()));
      case "RedriveHandler" -> invoked(name, "{\"agent\":\"welcome-agent\",\"dry_run\":true}");
      default ->
          agent.isEmpty()
              ? asConnected(name)
              : expect(
                  "200",
                  signed(
                      "/webhooks/" + agent,
                      "agentpost/agents/" + agent,
                      id,
                      event(heard(agent), id)));
    };
  }

  /**
   * A function that nothing above knows: what a schedule sends it, or a request that it must
   * refuse.
   */
  private String asConnected(String function) throws Exception {
    Optional<JsonNode> schedule =
        resources("AWS::Scheduler::Schedule").stream()
            .filter(one -> one.path("Name").asText().equals(function))
            .findFirst();
    if (schedule.isPresent()) {
      return invoked(function, schedule.get().path("Target").path("Input").asText("{}"));
    }
    for (JsonNode api : resources("AWS::ApiGateway::RestApi")) {
      for (Map.Entry<String, JsonNode> path : api.path("Body").path("paths").properties()) {
        if (path.getKey().endsWith("/" + function.replaceFirst("^agentpost-", ""))) {
          String answer = post(path.getKey(), Map.of(), "{}".getBytes(UTF_8));
          return answer.matches("(?s)4\\d\\d .*") ? AS_EXPECTED : answer;
        }
      }
    }
    return "nothing is known here that would send it anything; EventSourcesOfTemplate is to know"
        + " what does";
  }

  private void queued(String queue, String message) {
    try (SqsClient queues = cloud.clients("test").create(SqsClient.builder())) {
      queues.sendMessage(
          send ->
              send.queueUrl(queues.getQueueUrl(url -> url.queueName(queue)).queueUrl())
                  .messageBody(message));
    }
  }

  /** An event of the default bus as its rule puts it into the queue. */
  private static String alarm(String id) {
    ObjectNode event =
        JSON.createObjectNode()
            .put("version", "0")
            .put("id", id)
            .put("detail-type", "CloudWatch Alarm State Change");
    event
        .put("source", "aws.cloudwatch")
        .put("account", "000000000000")
        .put("time", Instant.now().toString())
        .put("region", "us-east-1");
    event.putArray("resources").add("arn:aws:cloudwatch:us-east-1:000000000000:alarm:" + id);
    ObjectNode detail = event.putObject("detail").put("alarmName", id);
    detail
        .putObject("state")
        .put("value", "ALARM")
        .put("reason", "Threshold crossed")
        .put("timestamp", Instant.now().toString());
    detail.putObject("previousState").put("value", "OK");
    return event.toString();
  }

  private String invoked(String function, String event) {
    try (LambdaClient lambda = cloud.clients("test").create(LambdaClient.builder())) {
      InvokeResponse answer =
          lambda.invoke(
              invoke -> invoke.functionName(function).payload(SdkBytes.fromUtf8String(event)));
      return answer.functionError() == null ? AS_EXPECTED : answer.payload().asUtf8String();
    }
  }

  private static String expect(String status, String answer) {
    return answer.startsWith(status + " ") ? AS_EXPECTED : answer;
  }

  String signed(String path, String secret, String id, byte[] body) throws Exception {
    return post(
        path,
        new Signer(WebhookKeyStore.parse(secret(secret))).sign(id, Instant.now(), body),
        body);
  }

  /**
   * @return the status, a blank and the body
   */
  String post(String path, Map<String, String> headers, byte[] body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(apiUrl() + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return answered(request.build());
  }

  private String answered(HttpRequest request) throws Exception {
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  private String apiUrl() {
    return cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", "");
  }

  /** As it is on AWS; the functions have to find it there. */
  private String callbackUrl() {
    return apiUrl()
            .replaceFirst(
                "^http://localhost:\\d+/_aws/execute-api/([a-z0-9]+)/",
                "https://$1.execute-api.us-east-1.amazonaws.com/")
        + "/webhooks/process-complete";
  }

  private String secret(String name) {
    return secrets.computeIfAbsent(
        name,
        _ -> {
          try (SecretsManagerClient client =
              cloud.clients("test").create(SecretsManagerClient.builder())) {
            return client.getSecretValue(get -> get.secretId(name)).secretString();
          }
        });
  }

  /** The first event that an agent's rule names. */
  private String heard(String agent) throws IOException {
    for (JsonNode rule : resources("AWS::Events::Rule")) {
      if (rule.path("Name").asText().equals("agentpost-" + agent)) {
        JsonNode pattern = rule.path("EventPattern");
        return pattern.has("$or")
            ? pattern.path("$or").path(0).path("detail-type").path(0).asText()
            : pattern.path("detail-type").path(0).asText();
      }
    }
    throw new AssertionError("no rule for " + agent);
  }

  private static byte[] event(String type, String id) throws IOException {
    Path own = Launcher.HOME.resolve("events-schemas").resolve(type).resolve("examples");
    Path examples =
        Files.exists(own)
            ? own
            : Launcher.HOME.resolve("events-schemas/src/main/events/" + type + "/examples");
    try (Stream<Path> files = Files.list(examples)) {
      Path example =
          files
              .filter(file -> !file.endsWith("put-events.json"))
              .sorted()
              .reduce((_, last) -> last)
              .orElseThrow();
      ObjectNode event = (ObjectNode) JSON.readTree(Files.readString(example));
      event
          .put("event_id", id)
          .put("timestamp", Instant.now().toString())
          .withObject("/metadata")
          .put("correlation_id", "corr-" + id);
      return event.toString().getBytes(UTF_8);
    }
  }

  private List<JsonNode> resources(String type) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(cdkOut)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".template.json")).toList()) {
        for (JsonNode resource : JSON.readTree(Files.readString(file)).path("Resources")) {
          if (resource.path("Type").asText().equals(type)) {
            found.add(resource.path("Properties"));
          }
        }
      }
    }
    return found;
  }

  /** Messages that wait for a function or are with it. */
  int leftInQueue(String queue) {
    try (SqsClient queues = cloud.clients("test").create(SqsClient.builder())) {
      String url = queues.getQueueUrl(get -> get.queueName(queue)).queueUrl();
      return queues
          .getQueueAttributes(
              get ->
                  get.queueUrl(url)
                      .attributeNames(
                          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
          .attributes()
          .values()
          .stream()
          .mapToInt(Integer::parseInt)
          .sum();
    }
  }

  private static String hmac(String key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
  }
}
