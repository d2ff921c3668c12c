package agentpost.cli.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** {@code dlq} on a cloud with an agent that lives nowhere. */
@Order(4)
class DlqIT {
  private static final String TEMPLATE =
      """
      {'Resources':{
       'Letters':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'agentpost-crm-sync-dlq'}},
       'Discarded':{'Type':'AWS::S3::Bucket','Properties':{'BucketName':'agentpost-discarded-000000000000-us-east-1'}},
       'Other':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'agentpost-other-crm-sync-dlq'}},
       'OfTry':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'agentpost-try-crm-sync-dlq'}},
       'Main':{'Type':'AWS::Events::EventBus','Properties':{'Name':'agentpost'}},
       'Try':{'Type':'AWS::Events::EventBus','Properties':{'Name':'agentpost-try'}},
       'Secret':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/agents/crm-sync','GenerateSecretString':
        {'SecretStringTemplate':'{}','GenerateStringKey':'current','PasswordLength':64,'ExcludePunctuation':true}}},
       'Directory':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/directory/agents','SecretString':'{\\"entries\\":{\\"crm-sync\\":{\\"endpoint\\":\\"https://crm.invalid/\\"}}}'}},
       'Redrive':{'Type':'AWS::Lambda::Function','Properties':{'FunctionName':'agentpost-redrive','Handler':'agentpost.deadletter.RedriveHandler','Timeout':60,
        'Environment':{'Variables':{'DEAD_LETTER_QUEUE_PREFIX':'agentpost-','AGENT_SECRET_PREFIX':'agentpost/agents/','AGENT_DIRECTORY':'agentpost/directory/agents'}}}}}}
      """
          .replace('\'', '"');

  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static SqsClient queues;

  @BeforeAll
  static void start() throws Exception {
    String manifest =
        "{\"artifacts\":{\"agentpost\":{\"type\":\"aws:cloudformation:stack\",\"properties\":{\"templateFile\":\"agentpost.template.json\"}}}}";
    Files.writeString(cdkOut.resolve("manifest.json"), manifest);
    Files.writeString(cdkOut.resolve("agentpost.template.json"), TEMPLATE);
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    // Nobody is at the agent's: a port that nothing listens on.
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1).withRoutes(Map.of("crm.invalid", 1)));
    cloud.deploy(cdkOut);
    queues = cloud.clients("test").create(SqsClient.builder());
  }

  @AfterAll
  static void stop() {
    queues.close();
    cloud.close();
  }

  @BeforeEach
  void twoLetters() {
    queues.purgeQueue(purge -> purge.queueUrl(url()));
    send("event-1", "TIMEOUT");
    send("event-2", "ERROR_FROM_TARGET");
  }

  private static String url() {
    return queues.getQueueUrl(get -> get.queueName("agentpost-crm-sync-dlq")).queueUrl();
  }

  private static void send(String id, String reason) {
    send(url(), id, reason, "no such customer");
  }

  private static void send(String queue, String id, String reason, String message) {
    String body =
        "{\"id\":\"bus-1\",\"detail-type\":\"user.signed_up\",\"detail\":{\"event_id\":\""
            + id
            + "\"}}";
    Map<String, MessageAttributeValue> attributes =
        Map.of(
            "ERROR_CODE",
            attribute(reason),
            "ERROR_MESSAGE",
            attribute(message),
            "RETRY_ATTEMPTS",
            attribute("185"));
    queues.sendMessage(
        send -> send.queueUrl(queue).messageBody(body).messageAttributes(attributes));
  }

  private static MessageAttributeValue attribute(String value) {
    return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
  }

  private static Run dlq(String in, String... args) {
    String[] all = new String[args.length + 3];
    all[0] = "dlq";
    System.arraycopy(args, 0, all, 1, args.length);
    all[args.length + 1] = "--endpoint-url";
    all[args.length + 2] = cloud.endpoint().toString();
    return Run.of(in, all);
  }

  @Test
  void listsEveryQueueWithItsReasons() {
    Run list = dlq("", "list");
    assertEquals(0, list.exitCode(), list.everything());
    assertThat(list.out()).containsPattern("crm-sync +2 +.*ERROR_FROM_TARGET 1, TIMEOUT 1\n");
  }

  @Test
  void showsWhatIsMeantAsOftenAsItIsAsked() throws IOException {
    assertThat(dlq("", "show", "crm-sync").out())
        .contains(
            "event-1", "event-2", "after 186 attempts", "ERROR_FROM_TARGET: no such customer");
    assertThat(dlq("", "show", "crm-sync", "--limit", "1").out().lines()).hasSize(2);
    JsonNode one =
        new JsonMapper()
            .readTree(dlq("", "show", "crm-sync", "--reason", "TIMEOUT", "--json").out());
    assertEquals(1, one.size());
    assertEquals("event-1", one.path(0).path("event_id").asText());
    assertEquals(
        "no such letters\n", dlq("", "show", "crm-sync", "--since", "2999-01-01T00:00:00Z").out());
  }

  /** An agent writes the problem; whoever puts events chooses ids and types. */
  @Test
  void whatIsShownOfALetterCannotDriveTheTerminal() throws IOException {
    send(
        url(),
        "event-3\\u001b[2J\\nready: all is well",
        "ERROR_FROM_TARGET",
        "500 {\"detail\":\"gone\\u001b]0;owned\\u0007\\u009b2J\\u202e\\n1 discarded\"}");
    for (String[] command :
        new String[][] {
          {"show", "crm-sync"},
          {"show", "crm-sync", "--json"},
          {"discard", "crm-sync", "--id", "event-3\u001b[2J\nready: all is well"},
          {"export", "crm-sync"},
          {"redrive", "crm-sync", "--dry-run"}
        }) {
      Run run = dlq("no\n", command);
      assertThat(run.everything())
          .as(String.join(" ", command))
          .containsIgnoringCase("event-3\\u001b[2J")
          .doesNotContainPattern("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202e]");
      assertThat(run.out().lines())
          .noneMatch(line -> line.startsWith("ready:") || line.startsWith("1 discarded"));
    }
    JsonNode all = new JsonMapper().readTree(dlq("", "show", "crm-sync", "--json").out());
    assertThat(all.findValuesAsText("event_id")).contains("event-3\u001b[2J\nready: all is well");
  }

  @Test
  void redrivesThroughTheFunctionAndReportsWhatWasRefused() {
    assertThat(dlq("", "redrive", "crm-sync", "--dry-run").out())
        .contains("would deliver  event-1", "2 would be delivered");
    Run redrive = dlq("", "redrive", "crm-sync", "--id", "event-1", "--rate", "300");
    assertEquals(1, redrive.exitCode(), redrive.everything());
    assertThat(redrive.out())
        .contains(
            "refused  event-1  user.signed_up  502 ", "0 delivered, 1 refused, 0 not attempted");
    assertThat(dlq("", "show", "crm-sync").out()).contains("event-1", "event-2");
  }

  @Test
  void discardsOnlyWhatIsConfirmed() {
    assertThat(dlq("no\n", "discard", "crm-sync", "--id", "event-1").out())
        .contains("Type yes: ", "nothing discarded");
    assertThat(dlq("", "show", "crm-sync").out()).contains("event-1");
    assertThat(dlq("yes\n", "discard", "crm-sync", "--id", "event-1").out())
        .contains("1 discarded");
    assertThat(dlq("", "show", "crm-sync").out()).contains("event-2").doesNotContain("event-1");
    assertThat(dlq("", "discard", "crm-sync", "--id", "event-2", "--yes").out())
        .doesNotContain("Type yes")
        .contains("1 discarded");
  }

  @Test
  void saysWhatSomebodyElseTookWhileItAsked() {
    InputStream answer =
        new FilterInputStream(new ByteArrayInputStream("yes\n".getBytes(UTF_8))) {
          private boolean taken;

          @Override
          public int read(byte[] bytes, int from, int most) throws IOException {
            if (!taken) {
              taken = true;
              queues.receiveMessage(
                  receive -> receive.queueUrl(url()).maxNumberOfMessages(1).visibilityTimeout(60));
            }
            return super.read(bytes, from, most);
          }
        };
    Run discard =
        Run.of(
            answer,
            "dlq",
            "discard",
            "crm-sync",
            "--id",
            "event-1",
            "--id",
            "event-2",
            "--endpoint-url",
            cloud.endpoint().toString());
    assertEquals(1, discard.exitCode(), discard.everything());
    assertThat(discard.out()).contains("1 discarded", "1 not found again");
  }

  @Test
  void whatIsDiscardedIsKeptInTheBucketUnderItsAgentItsDayAndItsMessage() {
    String messageId =
        dlq("", "show", "crm-sync", "--id", "event-1", "--json")
            .out()
            .replaceFirst("(?s).*\"message_id\" : \"(.*?)\".*", "$1");
    dlq("", "discard", "crm-sync", "--id", "event-1", "--yes");
    try (S3Client s3 = cloud.clients("test").create(S3Client.builder().forcePathStyle(true))) {
      String key =
          "crm-sync/"
              + LocalDate.now(ZoneOffset.UTC).toString().replace('-', '/')
              + "/"
              + messageId
              + ".json";
      String kept =
          s3.getObjectAsBytes(
                  get -> get.bucket("agentpost-discarded-000000000000-us-east-1").key(key))
              .asUtf8String();
      assertThat(kept)
          .contains(
              "\"message_id\" : \"" + messageId + "\"",
              "\"reason\" : \"TIMEOUT\"",
              "\"event_id\" : \"event-1\"");
    }
  }

  @Test
  void withoutABucketToKeepItInNothingIsDiscarded() {
    String other =
        queues.getQueueUrl(get -> get.queueName("agentpost-other-crm-sync-dlq")).queueUrl();
    queues.purgeQueue(purge -> purge.queueUrl(other));
    send(other, "event-9", "TIMEOUT", "x");
    Run run = dlq("", "discard", "crm-sync", "--id", "event-9", "--yes", "--stage", "other");
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains(
            "there is no bucket agentpost-other-discarded-000000000000-us-east-1 to keep it in, so"
                + " event-9 is not discarded");
    assertThat(dlq("", "show", "crm-sync", "--stage", "other").out()).contains("event-9");
  }

  @Test
  void whatTheAgentSaidIsShownOnItsOwn() throws IOException {
    send(
        url(),
        "event-3",
        "ERROR_FROM_TARGET",
        "The endpoint answered 422: {\"title\":\"Unfit\",\"detail\":\"no plan\"}");
    assertThat(dlq("", "show", "crm-sync", "--id", "event-3").out())
        .contains("  ERROR_FROM_TARGET: 422 no plan\n");
    JsonNode shown =
        new JsonMapper()
            .readTree(dlq("", "show", "crm-sync", "--id", "event-3", "--json").out())
            .path(0);
    assertEquals(422, shown.path("status").asInt());
    assertEquals("no plan", shown.path("problem").asText());
    assertThat(
            new JsonMapper()
                .readTree(dlq("", "show", "crm-sync", "--id", "event-1", "--json").out())
                .path(0)
                .has("status"))
        .isFalse();
  }

  @Test
  void exportsWhatIsMeantAndTakesNoneAway() {
    Run export = dlq("", "export", "crm-sync", "--reason", "TIMEOUT");
    assertEquals(0, export.exitCode());
    assertThat(DeadLetterFile.read("export", export.out()))
        .singleElement()
        .extracting(DeadLetterFile.Entry::envelope)
        .isEqualTo("{\"event_id\":\"event-1\"}");
    assertEquals("1 letter\n", export.err());
    assertThat(dlq("", "show", "crm-sync").out()).contains("event-1", "event-2");
  }

  @Test
  void whatIsShownAsJsonIsWhatIsExportedAndRedeliverReadsBoth() throws IOException {
    Run shown = dlq("", "show", "crm-sync", "--json");
    Run exported = dlq("", "export", "crm-sync");
    JsonMapper json = new JsonMapper();
    List<JsonNode> one = letters(json.readTree(shown.out()));
    List<JsonNode> other = letters(json.readTree(exported.out()));
    assertThat(one).hasSize(2).containsExactlyInAnyOrderElementsOf(other);
    for (Run run : List.of(shown, exported)) {
      Path file = Files.writeString(cdkOut.resolve("letters.json"), run.out());
      Run redelivered =
          Run.of(
              "",
              "redeliver",
              "crm-sync",
              file.toString(),
              "--endpoint-url",
              cloud.endpoint().toString());
      assertThat(redelivered.err())
          .as("both are read, and held to their schemas")
          .contains("nothing is delivered, since the file is wrong")
          .containsPattern("(?s)letters.json, line \\d+: .*letters.json, line \\d+: ");
    }
  }

  /** How often a letter was received differs from look to look. */
  private static List<JsonNode> letters(JsonNode list) {
    List<JsonNode> letters = new ArrayList<>();
    list.forEach(letter -> letters.add(((ObjectNode) letter).without("receive_count")));
    return letters;
  }

  @ParameterizedTest
  @CsvSource({
    "--reason,TIMEOUT,event-1",
    "--reason,ERROR_FROM_TARGET,event-2",
    "--event-type,user.signed_up,event-",
    "--since,2026-01-01T00:00:00Z,event-",
    "--id,event-1,event-1"
  })
  void discardsByTheFiltersOfItsSiblings(String option, String value, String discarded)
      throws IOException {
    assertThat(dlq("", "show", "crm-sync", option, value).out()).contains(discarded);
    Run run = dlq("yes\n", "discard", "crm-sync", option, value);
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(discarded, discarded.equals("event-") ? "2 discarded" : "1 discarded");
    assertEquals("no such letters\n", dlq("", "show", "crm-sync", option, value).out());
    assertThat(letters(new JsonMapper().readTree(dlq("", "show", "crm-sync", "--json").out())))
        .as("the others stay")
        .hasSize(discarded.equals("event-") ? 0 : 1);
  }

  @Test
  void discardsNothingByAFilterThatMeansNoneAndAsksForOne() {
    assertThat(dlq("", "discard", "crm-sync", "--since", "2999-01-01T00:00:00Z", "--yes").out())
        .isEqualTo("nothing discarded\n");
    Run run = dlq("", "discard", "crm-sync", "--yes");
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("at least one of --id, --reason, --event-type and --since");
    assertThat(dlq("", "show", "crm-sync").out()).contains("event-1", "event-2");
  }

  @Test
  void anotherStagesQueuesAreNotListedAmongItsOwn() {
    assertThat(dlq("", "list").out())
        .contains("crm-sync ")
        .doesNotContain("try-crm-sync")
        .contains("other-crm-sync");
    assertThat(dlq("", "list", "--stage", "try").out()).containsPattern("(?m)^crm-sync +0 +-$");
  }

  @Test
  void aStackThatIsNotThereIsSaid() {
    Run run = dlq("", "list", "--stage", "nosuch");
    assertEquals(1, run.exitCode());
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains(
            "no stack of that name: there is no agentpost-nosuch at "
                + cloud.endpoint()
                + "; there is agentpost, agentpost-try (--stage names a stage's)");
  }

  @Test
  void lettersInSomebodysHandsAreSaidToBeThere() {
    queues.receiveMessage(
        receive -> receive.queueUrl(url()).maxNumberOfMessages(10).visibilityTimeout(60));
    Run list = dlq("", "list");
    assertThat(list.out()).containsPattern("(?m)^crm-sync +0 +- +2 more held by another command$");
  }

  @Test
  void namesWhatIsNotThereAndWhatIsWrong() {
    assertThat(dlq("", "show", "crm-sync", "--stage", "nosuch").err())
        .contains("no stack of that name: there is no agentpost-nosuch at ");
    assertThat(dlq("", "show", "nobody").err())
        .contains("no agent of that name: there is no nobody at ");
    assertThat(dlq("", "redrive", "crm-sync", "--stage", "other").err())
        .contains("no stack of that name: there is no agentpost-other at ");
    assertEquals(2, dlq("", "redrive", "crm-sync", "--rate", "0").exitCode());
    assertThat(dlq("", "show", "Crm_Sync").err()).contains("AGENT");
  }

  /** SQS has no order, and several receives at a time bring each their own. */
  @Test
  void lettersStandInOneOrderWhoeverAsks() throws IOException {
    queues.purgeQueue(purge -> purge.queueUrl(url()));
    for (int i = 0; i < 60; i++) {
      send("event-" + i, "TIMEOUT");
    }
    JsonMapper json = new JsonMapper();
    List<String> oldestFirst =
        json.readTree(dlq("", "show", "crm-sync", "--json", "--limit", "100").out())
            .findValuesAsText("message_id");
    assertThat(oldestFirst).hasSize(60);
    for (int i = 0; i < 3; i++) {
      assertThat(json.readTree(dlq("", "export", "crm-sync").out()).findValuesAsText("message_id"))
          .isEqualTo(oldestFirst);
    }
    List<String> events =
        json.readTree(dlq("", "export", "crm-sync").out())
            .valueStream()
            .map(letter -> letter.path("event_id").asText())
            .toList();
    assertThat(
            dlq("no\n", "discard", "crm-sync", "--reason", "TIMEOUT")
                .out()
                .lines()
                .filter(line -> line.startsWith("event-"))
                .map(line -> line.replaceFirst(" .*", "")))
        .isEqualTo(events);
  }
}
