package agentpost.cli.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Secrets are planted wherever there may be one, every flow is run with its failures, and all that
 * can be seen of it is searched for them: as text, in base64 wherever in it they may begin, and in
 * hex.
 */
class SecretsStaySecretIT {
  private static final String SIGN_UP =
      "{\"event_id\":\"%s\",\"event_type\":\"user.signed_up\",\"timestamp\":\"%s\",\"data\":{\"user_id\":\"usr-5678\",\"email\":\"ada@example.com\",\"plan\":\"premium_trial\"},\"metadata\":{\"source_service\":\"authentication_service\",\"correlation_id\":\"corr-9876\"}}";

  @TempDir private Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, String> planted = new LinkedHashMap<>();

  /** All that can be seen, by where. */
  private final Map<String, List<String>> seen = new LinkedHashMap<>();

  private void see(String where, Object what) {
    seen.computeIfAbsent(where, _ -> new CopyOnWriteArrayList<>()).add(String.valueOf(what));
  }

  /** A secret that is found again: 32 bytes of text that nothing else has. */
  private String plant(String what) {
    String text = "planted-" + hmac("of a test", what).substring(0, 24);
    planted.put(what, text);
    return text;
  }

  private String plantWebhookSecret(String what) {
    return "whsec_" + Base64.getEncoder().encodeToString(plant(what).getBytes(UTF_8));
  }

  /**
   * As a search would find it: what of a base64 text depends on these bytes alone, wherever in it
   * they begin.
   */
  private static List<String> forms(String secret) {
    List<String> forms =
        new ArrayList<>(List.of(secret, HexFormat.of().formatHex(secret.getBytes(UTF_8))));
    for (int before = 0; before < 3; before++) {
      String text =
          Base64.getEncoder()
              .encodeToString((" ".repeat(before) + secret).getBytes(UTF_8))
              .replace("=", "");
      forms.add(text.substring(before == 0 ? 0 : 4, text.length() - 2));
    }
    return forms;
  }

  private List<String> leaks() {
    List<String> leaks = new ArrayList<>();
    planted.forEach(
        (what, secret) ->
            seen.forEach(
                (where, texts) -> {
                  for (String text : texts) {
                    String lower = text.toLowerCase(Locale.ROOT);
                    forms(secret).stream()
                        .filter(
                            form ->
                                text.contains(form)
                                    || lower.contains(form.toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .ifPresent(_ -> leaks.add(what + " in " + where));
                  }
                }));
    return leaks;
  }

  @Test
  void theSearchFindsWhatIsThere() {
    String secret = plant("a secret");
    List<String> ways =
        List.of(
            secret,
            Base64.getEncoder().encodeToString(("{\"a\":\"" + secret + "\"}").getBytes(UTF_8)),
            HexFormat.of().withUpperCase().formatHex(secret.getBytes(UTF_8)),
            "whsec_" + Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)));
    for (String way : ways) {
      seen.clear();
      see("here", "before " + way + " after");
      assertThat(leaks()).as(way).containsExactly("a secret in here");
    }
    seen.clear();
    see("here", "nothing");
    assertThat(leaks()).isEmpty();
  }

  @Test
  void noSecretIsInLogsAnswersLettersConsoleOrTemplate() throws Exception {
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1))) {
      cloud.listenToLogs((function, line) -> see("the log of " + function, line));
      cloud.listen(happening -> see("the course of deliveries", happening));
      cloud.deploy(Launcher.synthesized(directory));
      plantAll(cloud);
      producers(cloud);
      doors(cloud);
      connections(cloud);
      commands(cloud);
      await()
          .atMost(Duration.ofSeconds(40))
          .until(
              () ->
                  seen.getOrDefault("the log of agentpost-relay", List.of()).stream()
                      .anyMatch(line -> line.contains("base64")));
      await()
          .atMost(Duration.ofSeconds(40))
          .until(
              () ->
                  seen.getOrDefault("the log of agentpost-ingest", List.of()).stream()
                      .anyMatch(line -> line.contains("\"outcome\":\"published\"")));
      await()
          .atMost(Duration.ofSeconds(40))
          .until(
              () ->
                  seen.getOrDefault("the course of deliveries", List.of()).stream()
                      .anyMatch(line -> line.contains("INVALID_PARAMETER")));
      describe(cloud);
    }
    outside();
    templates();
    assertThat(planted).hasSizeGreaterThan(20);
    assertThat(seen.keySet())
        .contains(
            "the log of agentpost-relay",
            "the log of agentpost-welcome-agent",
            "the log of agentpost-ingest",
            "the console",
            "answers",
            "templates",
            "dead letters",
            "what services say of themselves");
    assertThat(leaks()).isEmpty();
  }

  private void plantAll(LocalCloud cloud) {
    try (SecretsManagerClient secrets =
        cloud.clients("test").create(SecretsManagerClient.builder())) {
      for (var secret : secrets.listSecrets().secretList()) {
        String name = secret.name();
        if (name.startsWith("events!connection/")) {
          // EventBridge's own, with a copy of the relay's key, which is looked for below.
          continue;
        }
        if (name.startsWith("agentpost/directory/")) {
          // What the catalog says, which is no secret.
          continue;
        }
        if (name.equals("agentpost/relay")) {
          // The connection has a copy of it, so it is found as it is.
          String value = secrets.getSecretValue(get -> get.secretId(name)).secretString();
          planted.put(name, value.substring(value.indexOf(':') + 2, value.lastIndexOf('"')));
        } else if (name.startsWith("agentpost/sources/")) {
          secrets.putSecretValue(put -> put.secretId(name).secretString(plant(name)));
        } else if (name.endsWith("trial-monitor")) {
          // Someone made a mistake: the relay and the agent say so, and must not say what it was.
          secrets.putSecretValue(
              put -> put.secretId(name).secretString("{\"current\":\"" + plant(name) + "!\"}"));
        } else if (name.endsWith("support-notification")) {
          secrets.putSecretValue(put -> put.secretId(name).secretString("{" + plant(name)));
        } else {
          secrets.putSecretValue(
              put ->
                  put.secretId(name)
                      .secretString(
                          "{\"current\":\""
                              + plantWebhookSecret(name)
                              + "\",\"previous\":\""
                              + plantWebhookSecret("before " + name)
                              + "\"}"));
        }
      }
    }
  }

  private void producers(LocalCloud cloud) throws Exception {
    Path event =
        Files.writeString(
            directory.resolve("event.json"), SIGN_UP.formatted("uuid-1", Instant.now()));
    see(
        "the console",
        Run.of("", "put", event.toString(), "--endpoint-url", cloud.endpoint().toString())
            .everything());
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      // Its schema refuses it, so it gets into queues.
      events.putEvents(
          put ->
              put.entries(
                  PutEventsRequestEntry.builder()
                      .eventBusName("agentpost")
                      .source("s")
                      .detailType("user.signed_up")
                      .detail("{\"event_id\":\"wrong-1\"}")
                      .build()));
    }
  }

  private void post(String url, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    see("answers", answer.statusCode() + " " + answer.headers().map() + " " + answer.body());
  }

  private static String hmac(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private String planted(String what) {
    return planted.getOrDefault(what, "");
  }

  private void doors(LocalCloud cloud) throws Exception {
    String api = cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", "");
    String event = SIGN_UP.formatted("uuid-2", Instant.now());
    String zeros = "0".repeat(64);
    for (String agent : List.of("welcome-agent", "trial-monitor", "support-notification")) {
      post(api + "/webhooks/" + agent, event);
      post(api + "/webhooks/" + agent, event, "X-Webhook-Signature", "sha256=" + zeros);
      post(
          api + "/webhooks/" + agent,
          event,
          "webhook-id",
          "a",
          "webhook-timestamp",
          "1",
          "webhook-signature",
          "v1,AAAA");
      post(
          api + "/deliveries/" + agent, event, "X-Agentpost-Relay-Key", planted("agentpost/relay"));
    }
    post(
        api + "/webhooks/welcome-agent",
        "no json",
        "X-Webhook-Signature",
        "sha256="
            + hmac(
                "whsec_"
                    + Base64.getEncoder()
                        .encodeToString(planted("agentpost/agents/welcome-agent").getBytes(UTF_8)),
                "no json"));
    post(api + "/deliveries/nobody", event, "X-Agentpost-Relay-Key", planted("agentpost/relay"));
    post(
        api + "/deliveries/welcome-agent",
        "no json",
        "X-Agentpost-Relay-Key",
        planted("agentpost/relay"));
    post(api + "/deliveries/welcome-agent", event, "X-Agentpost-Relay-Key", "guessed");
    post(api + "/process-data", "{}", "X-Webhook-Signature", "sha256=" + zeros);
    post(api + "/webhooks/process-complete", "{}", "X-Webhook-Signature", "sha256=" + zeros);
    String lead =
        "{\"id\":\"evt-1\",\"event\":\"contact.created\",\"contact\":{\"id\":77,\"name\":\"Ada\",\"email\":\"ada@example.com\",\"company\":{\"name\":\"A\",\"employees\":250}}}";
    String now = Long.toString(Instant.now().getEpochSecond());
    post(
        api + "/ingest/crm",
        lead,
        "X-Crm-Timestamp",
        now,
        "X-Crm-Signature",
        "sha256=" + hmac(planted("agentpost/sources/crm"), now + "." + lead));
    post(api + "/ingest/crm", lead, "X-Crm-Timestamp", now, "X-Crm-Signature", "sha256=" + zeros);
    post(
        api + "/ingest/crm",
        "no json",
        "X-Crm-Timestamp",
        now,
        "X-Crm-Signature",
        "sha256=" + hmac(planted("agentpost/sources/crm"), now + ".no json"));
  }

  /**
   * A connection whose key no header can hold, which is refused, and one with an event that makes
   * no header.
   */
  private void connections(LocalCloud cloud) {
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder());
        SqsClient queues = cloud.clients("test").create(SqsClient.builder())) {
      String url = queues.createQueue(create -> create.queueName("letters")).queueUrl();
      String queue =
          queues
              .getQueueAttributes(
                  get -> get.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
              .attributes()
              .getOrDefault(QueueAttributeName.QUEUE_ARN, "");
      String key = plant("a connection's key");
      String password = plant("a connection's password");
      try {
        connection(events, key + "\nX-Other: a");
        throw new AssertionError("a key that no header can hold was taken");
      } catch (EventBridgeException refused) {
        see("the refusal of a connection", String.valueOf(refused.getMessage()));
      }
      String connection = connection(events, key);
      events.createConnection(
          create ->
              create
                  .name("basic")
                  .authorizationType(ConnectionAuthorizationType.BASIC)
                  .authParameters(
                      auth ->
                          auth.basicAuthParameters(
                              basic -> basic.username("u").password(password))));
      String destination =
          events
              .createApiDestination(
                  create ->
                      create
                          .name("bad")
                          .connectionArn(connection)
                          .httpMethod("POST")
                          .invocationEndpoint("https://a.example/"))
              .apiDestinationArn();
      events.putRule(put -> put.name("bad").eventPattern("{\"source\":[\"bad\"]}"));
      Target target =
          Target.builder()
              .id("1")
              .arn(destination)
              .httpParameters(
                  http -> http.headerParameters(Map.of("X-Of-The-Event", "$.detail.header")))
              .deadLetterConfig(letters -> letters.arn(queue))
              .build();
      events.putTargets(put -> put.rule("bad").targets(target));
      events.putEvents(
          put ->
              put.entries(
                  PutEventsRequestEntry.builder()
                      .source("bad")
                      .detailType("t")
                      .detail("{\"header\":\"a\\nb\"}")
                      .build()));
    }
  }

  private static String connection(EventBridgeClient events, String key) {
    return events
        .createConnection(
            create ->
                create
                    .name("bad")
                    .authorizationType(ConnectionAuthorizationType.API_KEY)
                    .authParameters(
                        auth ->
                            auth.apiKeyAuthParameters(
                                api -> api.apiKeyName("X-Key").apiKeyValue(key))))
        .connectionArn();
  }

  private void commands(LocalCloud cloud) {
    String endpoint = cloud.endpoint().toString();
    String secret = plantWebhookSecret("one that was typed");
    for (String[] command :
        new String[][] {
          {"dlq", "list", "--endpoint-url", endpoint},
          {"dlq", "show", "welcome-agent", "--json", "--endpoint-url", endpoint},
          {"dlq", "redrive", "welcome-agent", "--endpoint-url", endpoint},
          {"operations", "list", "--json", "--endpoint-url", endpoint},
          {"sign", "--secret", secret, "--no-such-option"},
          {"sign", "--secret", secret, "extra", "words"},
          {"verify", "--secret", secret + "!", "--header", "X-Webhook-Signature: sha256=00"},
          {"verify", "--secrets", secret},
          {"verify", "--secret=" + secret, "--header", "webhook-id: a"}
        }) {
      see("the console", Run.of("{}", command).everything());
    }
  }

  private void describe(LocalCloud cloud) throws Exception {
    String where = "what services say of themselves";
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder());
        SecretsManagerClient secrets =
            cloud.clients("test").create(SecretsManagerClient.builder());
        SqsClient queues = cloud.clients("test").create(SqsClient.builder())) {
      for (String name : List.of("agentpost", "bad", "basic")) {
        see(where, events.describeConnection(describe -> describe.name(name)));
      }
      see(where, events.listConnections(list -> {}));
      see(where, events.describeApiDestination(describe -> describe.name("bad")));
      see(where, events.listTargetsByRule(list -> list.rule("bad")));
      see(where, secrets.listSecrets());
      secrets
          .listSecrets()
          .secretList()
          .forEach(
              secret ->
                  see(where, secrets.describeSecret(describe -> describe.secretId(secret.name()))));
      see(where, secrets.getSecretValue(get -> get.secretId("agentpost/directory/agents")));
      for (String function :
          List.of("relay", "welcome-agent", "trial-monitor", "ingest", "process-data")) {
        HttpRequest.Builder filter =
            HttpRequest.newBuilder(cloud.endpoint())
                .header("X-Amz-Target", "Logs_20140328.FilterLogEvents");
        filter.POST(
            HttpRequest.BodyPublishers.ofString(
                "{\"logGroupName\":\"/aws/lambda/agentpost-" + function + "\"}"));
        see(where, http.send(filter.build(), HttpResponse.BodyHandlers.ofString()).body());
      }
      for (String queue : queues.listQueues().queueUrls()) {
        see(
            "dead letters",
            queues.receiveMessage(
                receive ->
                    receive.queueUrl(queue).maxNumberOfMessages(10).messageAttributeNames("All")));
      }
      see(where, cloud.outputs());
      see(where, cloud.pendingDeliveries());
      see(where, cloud.outbox());
    }
  }

  /** The command in a process of its own, with AWS's credentials in its environment. */
  private void outside() throws Exception {
    Map<String, String> environment =
        Map.of(
            "AWS_ACCESS_KEY_ID",
            "AKIAPLANTED",
            "AWS_SECRET_ACCESS_KEY",
            plant("AWS's key"),
            "AWS_SESSION_TOKEN",
            plant("AWS's session"));
    Path event = directory.resolve("event.json");
    try (Launcher put =
        Launcher.start(
            directory,
            Launcher.HOME.resolve("agentpost"),
            Launcher.HOME,
            environment,
            "put",
            event.toString(),
            "--endpoint-url",
            "http://127.0.0.1:1")) {
      assertEquals(1, put.exitCode(), put.output());
      see("the console", put.output());
    }
  }

  private void templates() throws Exception {
    try (Stream<Path> files = Files.walk(Launcher.synthesized(directory))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        String text = Files.readString(file);
        see("templates", text);
        // What is not planted is recognised by where it stands: a secret's text is made or resolved
        // by AWS, but for the directory, which is none.
        assertThat(
                new JsonMapper()
                    .readTree(text)
                    .path("Resources")
                    .valueStream()
                    .map(resource -> resource.path("Properties"))
                    .filter(properties -> properties.has("SecretString"))
                    .map(properties -> properties.path("Name").asText()))
            .allMatch(name -> name.startsWith("agentpost/directory/"));
        assertThat(text)
            .doesNotContainPattern("whsec_[A-Za-z0-9+/]{8}")
            .doesNotContainPattern("\"ApiKeyValue\": *\"(?!\\{\\{resolve:)");
      }
    }
  }
}
