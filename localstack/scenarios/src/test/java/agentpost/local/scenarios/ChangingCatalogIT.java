package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.platform.AwsClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * A running cloud becomes what another catalog says: afterwards it is what a fresh one is, and what
 * queues held is still there.
 */
class ChangingCatalogIT {
  private static final String SHARED =
      """
      email: {from: a@example.com, support: b@example.com}
      processors: {calendar: {hosted: {handler: agentpost.calendar.CalendarHandler}}}
      sources:
        forge: {scheme: github, type: /type, mappings: {lead: {event: lead.captured, data: {lead_id: /id, email: /email}}}}
      agents:
      """;

  private static final String EIGHT =
      SHARED
          + """
            one: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.WelcomeHandler, uses: [email]}}
            two: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.PersonalizationHandler}}
            three: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.TrialMonitorHandler, uses: [updates, schedule, cancel]}}
            four: {subscribes: [user.signed_up], external: {url: 'https://agents.example.com/four', challenge: off}}
            five: {subscribes: [user.signed_up], external: {url: 'https://agents.example.com/five', challenge: off}}
            six: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.PersonalizationHandler}}
            seven: {subscribes: [user.signed_up], external: {url: 'https://agents.example.com/seven', challenge: off}}
            eight: {subscribes: [user.signed_up], external: {url: 'https://agents.example.com/eight', challenge: off}}
          """;

  /**
   * Each key of an agent, a default, a processor and a source, with another value; an agent that
   * moves out, one that moves in, one that is gone and one that is new.
   */
  private static final String EDITED =
      """
      defaults: {rate: 50, retry: {attempts: 20, maxAge: 2h}, breaker: {failureThreshold: 3, windowSize: 5, window: 5m}, recovery: {initialBackoff: 2m}, rotation: {interval: 30d, overlap: 48h}}
      email: {from: c@example.com, support: d@example.com}
      processors: {calendar: {hosted: {handler: agentpost.calendar.CalendarHandler, concurrency: 3}}}
      addresses: {allow: [10.20.0.0/16]}
      sources:
        forge: {scheme: stripe, type: /kind, unmapped: refused, from: [192.0.2.0/24], mappings: {lead: {event: lead.captured, data: {lead_id: /number, email: /email}}}}
      agents:
        one: {subscribes: [user.signed_up, user.converted], hosted: {handler: agentpost.onboarding.WelcomeHandler, uses: [email, state], concurrency: 7}, rate: 12}
        two: {subscribes: [{event: user.signed_up, where: {data: {plan: [premium_trial]}}}], external: {url: 'https://agents.example.com/two', challenge: off}}
        three: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.TrialMonitorHandler, uses: [updates, schedule, cancel]}, retry: {attempts: 3, maxAge: 5m}}
        four: {subscribes: [user.signed_up], external: {url: 'https://agents.example.com/elsewhere', challenge: off}, breaker: off}
        five: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.PersonalizationHandler}}
        six: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.SupportNotificationHandler, uses: [email, support]}, recovery: off, rotation: {interval: 60d}}
        seven: {subscribes: [user.signed_up], external: {url: 'https://agents.example.com/seven', challenge: off}, signature: ed25519}
        nine: {subscribes: [trial.ending], hosted: {handler: agentpost.onboarding.PersonalizationHandler}}
      """;

  @TempDir private Path directory;

  private Path synthesized(String name, String catalog) throws IOException {
    Path own = Files.createDirectories(directory.resolve(name));
    Path file = Files.writeString(own.resolve("agents.yaml"), catalog);
    return CdkApp.synthesized(own, Map.of("catalog", file.toString()));
  }

  private static LocalCloud cloud() throws Exception {
    return LocalCloud.start(new LocalCloudOptions(0, 1, 1));
  }

  private static SortedMap<String, String> fresh(Path cdkOut) throws Exception {
    try (LocalCloud cloud = cloud()) {
      cloud.deploy(cdkOut);
      return state(cloud);
    }
  }

  /**
   * What a client sees of rules, destinations, queues, secrets and functions, and what functions
   * may do; without what is another in each cloud.
   */
  private static SortedMap<String, String> state(LocalCloud cloud) {
    SortedMap<String, String> all = new TreeMap<>();
    AwsClients clients = cloud.clients("a person");
    try (EventBridgeClient events = clients.create(EventBridgeClient.builder());
        SqsClient queues = clients.create(SqsClient.builder());
        SecretsManagerClient secrets = clients.create(SecretsManagerClient.builder())) {
      for (String bus : new String[] {"agentpost", "default"}) {
        String next = null;
        do {
          String token = next;
          var page = events.listRules(list -> list.eventBusName(bus).nextToken(token));
          page.rules()
              .forEach(rule -> all.put("rule " + bus + " " + rule.name(), shown(events, rule)));
          next = page.nextToken();
        } while (next != null);
      }
      String next = null;
      do {
        String token = next;
        var page = events.listApiDestinations(list -> list.nextToken(token));
        page.apiDestinations()
            .forEach(
                one ->
                    all.put(
                        "destination " + one.name(),
                        one.httpMethod()
                            + " "
                            + one.invocationEndpoint().replaceAll(":\\d+/", "/")
                            + " "
                            + one.invocationRateLimitPerSecond()));
        next = page.nextToken();
      } while (next != null);
      queues
          .listQueuesPaginator()
          .queueUrls()
          .forEach(
              url -> {
                Map<QueueAttributeName, String> attributes =
                    new TreeMap<>(
                        queues
                            .getQueueAttributes(
                                get -> get.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                            .attributes());
                attributes
                    .keySet()
                    .removeIf(
                        name ->
                            name.toString().contains("Timestamp")
                                || name.toString().startsWith("ApproximateNumber"));
                all.put("queue " + url.replaceFirst("^.*/", ""), attributes.toString());
              });
      secrets.listSecretsPaginator().stream()
          .flatMap(page -> page.secretList().stream())
          .forEach(
              secret ->
                  all.put(
                      "secret " + secret.name().replaceFirst("(^events!connection/.*/).*", "$1"),
                      secret.tags() + " " + secret.rotationRules()));
    }
    try (LambdaClient lambda = clients.create(LambdaClient.builder())) {
      lambda
          .listFunctions()
          .functions()
          .forEach(
              function ->
                  all.put(
                      "function " + function.functionName(),
                      shown(function) + " " + rights(cloud, function.functionName())));
    }
    cloud
        .outputs()
        .forEach(
            (stack, outputs) ->
                outputs.forEach(
                    (key, value) ->
                        all.put(
                            "output " + stack + " " + key,
                            value.replaceAll("localhost:\\d+", "localhost"))));
    return all;
  }

  private static String shown(FunctionConfiguration function) {
    return function.handler()
        + " "
        + function.timeout()
        + " "
        + function.memorySize()
        + " "
        + function.snapStart().applyOnAsString()
        + " "
        + new TreeMap<>(function.environment().variables())
            .toString()
            .replaceAll("localhost:\\d+", "localhost")
            .replaceAll("(:role/\\w+)-\\w+", "$1");
  }

  /** Which tables it may read, which secrets, and whether it may send mail. */
  private static List<String> rights(LocalCloud cloud, String function) {
    List<String> may = new ArrayList<>();
    // Of every table's key; what is too much for a table is refused after it was allowed.
    Map<String, AttributeValue> ownRow =
        Map.of(
            "agent",
            AttributeValue.fromS(function.replaceFirst("agentpost-", "")),
            "key",
            AttributeValue.fromS("k"),
            "correlation_id",
            AttributeValue.fromS("c"));
    AwsClients clients = cloud.clients(function);
    AwsClients anybody = cloud.clients("a person");
    try (DynamoDbClient tables = clients.create(DynamoDbClient.builder());
        SecretsManagerClient secrets = clients.create(SecretsManagerClient.builder());
        SesV2Client mail = clients.create(SesV2Client.builder());
        DynamoDbClient allTables = anybody.create(DynamoDbClient.builder());
        SecretsManagerClient allSecrets = anybody.create(SecretsManagerClient.builder())) {
      for (String table : allTables.listTables().tableNames()) {
        note(may, "scan " + table, () -> tables.scan(scan -> scan.tableName(table)));
        note(may, "read " + table, () -> tables.getItem(get -> get.tableName(table).key(ownRow)));
      }
      for (SecretListEntry secret : allSecrets.listSecrets().secretList()) {
        note(
            may,
            // EventBridge's own, of a connection, has another end each time.
            "read " + secret.name().replaceFirst("(?<=^events!connection/agentpost/).*", "UUID"),
            () -> secrets.getSecretValue(get -> get.secretId(secret.name())));
      }
      for (String from : List.of("a@example.com", "c@example.com")) {
        note(
            may,
            "send mail from " + from,
            () ->
                mail.sendEmail(
                    send ->
                        send.fromEmailAddress(from)
                            .destination(to -> to.toAddresses("b@example.com"))));
      }
    }
    return may;
  }

  /** What is refused for another reason was allowed. */
  private static void note(List<String> may, String what, Runnable call) {
    try {
      call.run();
      may.add(what);
    } catch (AwsServiceException e) {
      if (!String.valueOf(e.getMessage()).contains("is not authorized to perform")) {
        may.add(what);
      }
    }
  }

  private static String shown(EventBridgeClient events, Rule rule) {
    return rule.state()
        + " "
        + rule.eventPattern()
        + rule.scheduleExpression()
        + " "
        + events
            .listTargetsByRule(list -> list.rule(rule.name()).eventBusName(rule.eventBusName()))
            .targets()
            .stream()
            .map(
                target ->
                    target
                        .toString()
                        .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID")
                        .replaceAll("(?<=role/)[A-Za-z0-9]+-[0-9A-Z]+", "ROLE"))
            .sorted()
            .collect(Collectors.joining("; "));
  }

  private static String agents(int count) {
    return IntStream.range(8, count)
        .mapToObj(
            i ->
                "  many-"
                    + i
                    + ": {subscribes: [user.signed_up], external: {url:"
                    + " 'https://agents.example.com/"
                    + i
                    + "', challenge: off}}\n")
        .collect(Collectors.joining());
  }

  /** Queues of agents that are gone, which stay with their letters (ADR 31). */
  private static List<String> takeLeftQueues(
      SortedMap<String, String> state, SortedMap<String, String> wanted) {
    List<String> left =
        state.keySet().stream()
            .filter(what -> what.matches("queue .*-dlq") && !wanted.containsKey(what))
            .toList();
    state.keySet().removeAll(left);
    return left;
  }

  @Test
  void everyKeyOfTheCatalogChangesInPlaceAndBack() throws Exception {
    Path eight = synthesized("eight", EIGHT);
    Path edited = synthesized("edited", EDITED);
    try (LocalCloud cloud = cloud()) {
      cloud.deploy(eight);
      SortedMap<String, String> before = state(cloud);
      cloud.deploy(edited);
      SortedMap<String, String> after = state(cloud);
      SortedMap<String, String> wanted = fresh(edited);
      assertThat(takeLeftQueues(after, wanted)).containsExactly("queue agentpost-eight-dlq");
      assertThat(after).containsExactlyInAnyOrderEntriesOf(wanted);
      assertThat(before.get("function agentpost-one"))
          .endsWith("[read agentpost/agents/one, send mail from a@example.com]");
      assertThat(after.get("function agentpost-one"))
          .endsWith(
              "[read agentpost-agent-state, read agentpost/agents/one, send mail from"
                  + " c@example.com]");
      cloud.deploy(eight);
      SortedMap<String, String> back = state(cloud);
      assertThat(takeLeftQueues(back, before)).containsExactly("queue agentpost-nine-dlq");
      assertThat(back).containsExactlyInAnyOrderEntriesOf(before);
      assertThat(cloud.deploy(eight)).isEmpty();
    }
  }

  /** What CodeDeploy does on AWS is declared only: functions run the new code at once. */
  @Test
  void aCanaryComesAndGoesAndChangesNothingElse() throws Exception {
    Path eight = synthesized("eight", EIGHT);
    try (LocalCloud cloud = cloud()) {
      cloud.deploy(eight);
      SortedMap<String, String> before = state(cloud);
      cloud.deploy(synthesized("canary", EIGHT + "canary: {}\n"));
      assertThat(state(cloud)).containsExactlyInAnyOrderEntriesOf(before);
      cloud.deploy(eight);
      assertThat(state(cloud)).containsExactlyInAnyOrderEntriesOf(before);
    }
  }

  @Test
  void eightAgentsBecomeThreeHundredAndEightAgain() throws Exception {
    Path eight = synthesized("eight", EIGHT);
    Path many = synthesized("many", EIGHT + agents(300));
    try (LocalCloud cloud = cloud();
        SqsClient queues = cloud.clients("a person").create(SqsClient.builder())) {
      cloud.deploy(eight);
      SortedMap<String, String> before = state(cloud);
      String letters = queues.getQueueUrl(get -> get.queueName("agentpost-four-dlq")).queueUrl();
      queues.sendMessage(send -> send.queueUrl(letters).messageBody("kept"));
      cloud.deploy(many);
      assertThat(state(cloud))
          .containsExactlyInAnyOrderEntriesOf(fresh(many))
          .containsKey("rule agentpost agentpost-many-299");
      cloud.deploy(eight);
      SortedMap<String, String> back = state(cloud);
      assertThat(takeLeftQueues(back, before)).hasSize(292);
      assertThat(back).containsExactlyInAnyOrderEntriesOf(before);
      assertThat(queues.receiveMessage(receive -> receive.queueUrl(letters)).messages())
          .extracting(message -> message.body())
          .containsExactly("kept");
    }
  }
}
