package agentpost.cli.verification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.catalog.RelayKeyHeader;
import agentpost.cli.Launcher;
import agentpost.cli.Run;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.Door;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.verification.Check;
import agentpost.verification.Deliveries;
import agentpost.verification.DeliveryChecks;
import agentpost.verification.Outcome;
import agentpost.verification.Patience;
import agentpost.verification.ReceivedAttempt;
import agentpost.verification.ScriptedAnswer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestination;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The command, on a local cloud with the template of a catalog. */
class VerifyDeploymentIT {
  /** For a check, longer than the minute that a door keeps a directory. */
  private static final Patience SHORT =
      new Patience(
          Duration.ofMinutes(2),
          Duration.ofMillis(500),
          Duration.ofSeconds(60),
          Duration.ofMillis(100));

  private static final String DOORS =
      """
      processors:
        carrier: {external: {}}
      sources:
        crm:
          scheme: {header: X-Crm-Signature, encoding: hex, algorithm: sha256, signed: '{timestamp}.{body}', timestampHeader: X-Crm-Time}
          type: /event
          mappings: {customer.left: {event: user.converted, data: {user_id: /id, plan: {value: pro}}}}
      """;

  @TempDir private static Path directory;
  private static LocalCloud cloud;

  @BeforeAll
  static void deploy() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
    Path catalog = directory.resolve("agents.yaml");
    Files.writeString(catalog, Files.readString(Launcher.ONBOARDING) + DOORS);
    cloud.deploy(Launcher.synthesized(directory, catalog));
  }

  @AfterAll
  static void stop() {
    if (cloud != null) {
      cloud.close();
    }
  }

  private static Run verify(Patience patience, String in, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    InputStream answer = new ByteArrayInputStream(in.getBytes(UTF_8));
    CommandLine line =
        new CommandLine(new VerifyDeploymentCommand(answer, patience))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] all = new String[args.length + 2];
    System.arraycopy(args, 0, all, 0, args.length);
    all[args.length] = "--endpoint-url";
    all[args.length + 1] = cloud.endpoint().toString();
    return new Run(line.execute(all), out.toString(), err.toString());
  }

  /** By name, all that a run makes one of. */
  private static Map<String, List<String>> resources() {
    Map<String, List<String>> all = new TreeMap<>();
    var aws = cloud.clients("test");
    try (CloudFormationClient stacks = aws.create(CloudFormationClient.builder());
        DynamoDbClient tables = aws.create(DynamoDbClient.builder());
        EventBridgeClient events = aws.create(EventBridgeClient.builder());
        LambdaClient functions = aws.create(LambdaClient.builder());
        SecretsManagerClient secrets = aws.create(SecretsManagerClient.builder());
        SqsClient queues = aws.create(SqsClient.builder())) {
      all.put(
          "stacks",
          stacks.describeStacks().stacks().stream().map(one -> one.stackName()).sorted().toList());
      all.put("tables", tables.listTables().tableNames().stream().sorted().toList());
      all.put(
          "rules",
          events.listRules(of -> of.eventBusName("agentpost")).rules().stream()
              .map(Rule::name)
              .sorted()
              .toList());
      all.put(
          "destinations",
          events.listApiDestinations(_ -> {}).apiDestinations().stream()
              .map(ApiDestination::name)
              .sorted()
              .toList());
      all.put(
          "functions",
          functions.listFunctionsPaginator().functions().stream()
              .map(FunctionConfiguration::functionName)
              .sorted()
              .toList());
      all.put(
          "secrets",
          secrets.listSecretsPaginator().stream()
              .flatMap(page -> page.secretList().stream())
              .map(SecretListEntry::name)
              .sorted()
              .toList());
      all.put(
          "directory",
          List.of(
              secrets
                  .getSecretValue(get -> get.secretId("agentpost/directory/agents"))
                  .secretString(),
              secrets
                  .getSecretValue(get -> get.secretId("agentpost/directory/sources"))
                  .secretString()));
      for (String table : List.of("agentpost-claims", "agentpost-operations")) {
        all.put(
            "rows of " + table,
            tables.scan(of -> of.tableName(table)).items().stream()
                .map(Object::toString)
                .sorted()
                .toList());
      }
      all.put("queues", queues.listQueues().queueUrls().stream().sorted().toList());
    }
    return all;
  }

  @CommandLine.Command
  private static final class Place {
    @CommandLine.Mixin private final CloudOptions options = new CloudOptions();
  }

  private static CloudOptions place() {
    Place place = new Place();
    new CommandLine(place).parseArgs("--endpoint-url", cloud.endpoint().toString());
    return place.options;
  }

  private static Patience impatient(int seconds) {
    return new Patience(Duration.ofSeconds(seconds), SHORT.quiet(), SHORT.stack(), SHORT.pause());
  }

  @Test
  void aStageThatDoesAllPassesAndNothingIsLeft() throws Exception {
    Map<String, List<String>> before = resources();
    Path report = directory.resolve("report");
    Run run = verify(SHORT, "yes\n", "--report", report.toString());
    assertThat(run.exitCode()).as(run.everything()).isZero();
    assertThat(run.out())
        .contains("stage      agentpost, us-east-1 of account 000000000000", "budget     up to ")
        .containsPattern("ok +callbacks +a callback that nobody signed")
        .containsPattern("ok +callbacks +an operation ends once")
        .containsPattern("ok +deadlines ")
        .containsPattern("ok +ingest +what no source signed")
        .containsPattern("ok +ingest +what a source signed becomes")
        .doesNotContain("FAILED");
    assertThat(resources()).isEqualTo(before);
    assertThat(Files.readString(report.resolve(VerificationReport.MARKDOWN)))
        .contains("| ok | redrive: ");
    assertThat(Files.readString(report.resolve(VerificationReport.XML)))
        .contains("failures=\"0\"", "classname=\"verify-deployment.redrive\"");
  }

  @Test
  void whoDoesNotSayYesHasNothingMade() {
    Map<String, List<String>> before = resources();
    Run run = verify(SHORT, "no\n");
    assertThat(run.exitCode()).as(run.everything()).isEqualTo(1);
    assertThat(run.out()).endsWith("nothing done\n");
    assertThat(run.err()).isEmpty();
    assertThat(resources()).isEqualTo(before);
  }

  /** Outcomes by the checks' groups, the last of each. */
  private static Map<String, Outcome> outcomes(
      Patience patience, List<Check<? super Probe>> checks) {
    Map<String, Outcome> outcomes = new TreeMap<>();
    try (VerificationRun run = new VerificationRun(place(), patience, _ -> {})) {
      run.run(run.start(VerifiedStage.read(place())), checks)
          .forEach(result -> outcomes.put(result.check().group(), result.outcome()));
    }
    return outcomes;
  }

  private static List<Check<? super Probe>> checks(String... groups) {
    return VerifyDeploymentCommand.checks().stream()
        .filter(
            check ->
                check.equals(DeliveryChecks.DELIVERY) || List.of(groups).contains(check.group()))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"redrive,agentpost-redrive", "rotation,agentpost-rotation"})
  void aFunctionThatIsDownFailsItsCheckAndNoOther(String group, String function) {
    Map<String, List<String>> before = resources();
    try (LambdaClient functions = cloud.clients("test").create(LambdaClient.builder())) {
      functions.putFunctionConcurrency(
          put -> put.functionName(function).reservedConcurrentExecutions(0));
      try {
        Map<String, Outcome> outcomes = outcomes(SHORT, checks("dead letters", group));
        assertThat(outcomes.get("deliveries")).isInstanceOf(Outcome.Passed.class);
        assertThat(outcomes.get("dead letters")).isInstanceOf(Outcome.Passed.class);
        assertThat(outcomes.get(group)).isInstanceOf(Outcome.Failed.class);
      } finally {
        functions.deleteFunctionConcurrency(of -> of.functionName(function));
      }
    }
    assertThat(resources()).isEqualTo(before);
  }

  @Test
  void aConnectionWithAnotherKeyDeliversNothingAndTheOthersAreNotTried() {
    Map<String, List<String>> before = resources();
    try (SecretsManagerClient secrets =
            cloud.clients("test").create(SecretsManagerClient.builder());
        EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      String key =
          secrets
              .getSecretValue(get -> get.secretId("agentpost/relay"))
              .secretString()
              .replaceAll(".*\"current\":\"([^\"]*)\".*", "$1");
      setKey(events, "another");
      try {
        Map<String, Outcome> outcomes = outcomes(impatient(5), checks("redrive", "callbacks"));
        assertThat(outcomes.get("deliveries"))
            .isInstanceOf(Outcome.Failed.class)
            .extracting(Outcome::text)
            .asString()
            .startsWith("nothing came within 5 s");
        assertThat(outcomes.get("redrive")).isEqualTo(new Outcome.Skipped("nothing is delivered"));
      } finally {
        setKey(events, key);
      }
    }
    assertThat(resources()).isEqualTo(before);
  }

  @Test
  void whatAnotherRuleWouldHearIsNotPut() {
    Map<String, List<String>> before = resources();
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      events.putRule(
          put ->
              put.name("stranger")
                  .eventBusName("agentpost")
                  .eventPattern(
                      "{\"detail-type\":[\"operation.timed_out\",\"deadline.reached\"]}"));
      events.putTargets(
          put ->
              put.rule("stranger")
                  .eventBusName("agentpost")
                  .targets(
                      Target.builder()
                          .id("1")
                          .arn("arn:aws:sqs:us-east-1:000000000000:agentpost-schedules-dlq")
                          .build()));
      try {
        assertThat(outcomes(SHORT, checks("deadlines", "ingest")))
            .containsEntry(
                "deadlines", new Outcome.Skipped("stranger would hear operation.timed_out"))
            .containsEntry("ingest", new Outcome.Skipped("stranger would hear deadline.reached"));
      } finally {
        events.removeTargets(remove -> remove.rule("stranger").eventBusName("agentpost").ids("1"));
        events.deleteRule(delete -> delete.name("stranger").eventBusName("agentpost"));
      }
    }
    assertThat(resources()).isEqualTo(before);
  }

  private static void setKey(EventBridgeClient events, String key) {
    events.updateConnection(
        update ->
            update
                .name("agentpost")
                .authParameters(
                    auth ->
                        auth.apiKeyAuthParameters(
                            one -> one.apiKeyName(RelayKeyHeader.NAME).apiKeyValue(key))));
  }

  @Test
  void whatARunThatWasKilledHasLeftTheNextOneTakesAway() {
    Map<String, List<String>> before = resources();
    List<String> said = new ArrayList<>();
    VerificationRun killed = new VerificationRun(place(), SHORT, said::add);
    Probe probe = killed.start(VerifiedStage.read(place()));
    assertThat(resources()).isNotEqualTo(before);
    new VerificationRun(place(), SHORT, said::add).removeLeftovers();
    assertThat(said)
        .containsExactly(
            "creating agentpost-verify-deployment with the receiver " + probe.agent(),
            "deleting agentpost-verify-deployment, which an earlier run has left");
    assertThat(resources()).isEqualTo(before);
  }

  @Test
  void whatIsNotSignedIsWrittenDownAsThatAndAStrangersEventIsNot() {
    VerificationRun run = new VerificationRun(place(), SHORT, _ -> {});
    try (run) {
      Probe probe = run.start(VerifiedStage.read(place()));
      Deliveries.Sent event = probe.put(ScriptedAnswer.of(200), ScriptedAnswer.of(202));
      assertThat(probe.awaitAttempts(event, 1)).hasSize(1);
      String url =
          place()
              .withClient(
                  CloudFormationClient.builder(),
                  stacks ->
                      stacks
                          .describeStacks(of -> of.stackName("agentpost-verify-deployment"))
                          .stacks()
                          .getFirst()
                          .outputs()
                          .stream()
                          .filter(output -> output.outputKey().equals("ReceiverUrl"))
                          .findFirst()
                          .orElseThrow()
                          .outputValue());
      assertThat(answer(url, event.body())).contains(202);
      assertThat(answer(url, "{\"event_id\":\"other\"}")).contains(404);
      List<ReceivedAttempt> attempts = probe.attempts(event);
      assertThat(attempts).hasSize(2);
      assertThat(DeliveryChecks.same(event, attempts, 2))
          .isInstanceOf(Outcome.Failed.class)
          .extracting(Outcome::text)
          .asString()
          .contains("there is no signature");
    }
  }

  private static Optional<Integer> answer(String url, String body) {
    return DoorChecks.post(new Door(url), body).map(Door.Answer::status);
  }

  @Test
  void ctrlCTakesAllOfItAway() throws Exception {
    Map<String, List<String>> before = resources();
    try (Launcher command =
        Launcher.start(
            directory,
            "verify-deployment",
            "--yes",
            "--endpoint-url",
            cloud.endpoint().toString())) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> command.output().contains("deliveries: ") || !command.isRunning());
      assertThat(resources()).as(command.output()).isNotEqualTo(before);
      command.signal("INT");
      assertThat(command.exitCode()).as(command.output()).isEqualTo(130);
    }
    assertThat(resources()).isEqualTo(before);
  }
}
