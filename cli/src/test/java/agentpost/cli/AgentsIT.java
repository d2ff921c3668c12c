package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.event.AgentName;
import agentpost.health.Consent;
import agentpost.health.Consents;
import agentpost.health.HealthTable;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** {@code agents} on a table in which owners of external agents have said what they want. */
class AgentsIT {
  private static final String TEMPLATE =
      """
      {'Resources':{'Health':{'Type':'AWS::DynamoDB::Table','Properties':{'TableName':'agentpost-health','BillingMode':'PAY_PER_REQUEST',
       'AttributeDefinitions':[{'AttributeName':'agent','AttributeType':'S'}],'KeySchema':[{'AttributeName':'agent','KeyType':'HASH'}]}}}}
      """
          .replace('\'', '"');

  private static final Instant THEN = Instant.parse("2026-03-31T10:30:00Z");

  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static Consents consents;

  @BeforeAll
  static void start() throws Exception {
    String manifest = "{\"artifacts\":{\"agentpost\":{\"type\":\"aws:cloudformation:stack\",\"properties\":{\"templateFile\":\"agentpost.template.json\"}}}}";
    Files.writeString(cdkOut.resolve("manifest.json"), manifest);
    Files.writeString(cdkOut.resolve("agentpost.template.json"), TEMPLATE);
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.deploy(cdkOut);
    consents = new Consents(new HealthTable(cloud.clients("test").create(DynamoDbClient.builder()), "agentpost-health"));
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static Run agents(String... args) {
    String[] all = new String[args.length + 3];
    all[0] = "agents";
    System.arraycopy(args, 0, all, 1, args.length);
    all[args.length + 1] = "--endpoint-url";
    all[args.length + 2] = cloud.endpoint().toString();
    return Run.of("", all);
  }

  @Test
  void listsWhoAgreedWhoIsStoppedAndWhoDoesNotAnswer() {
    consents.proven(new AgentName("agreed"), "url", THEN);
    consents.gone(new AgentName("left"), "url", THEN);
    consents.ask(new AgentName("silent"), "url", consents.read(new AgentName("silent")), THEN, THEN, Duration.ofSeconds(15));
    consents.unproven(new AgentName("silent"), THEN);
    Run run = agents("list");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .containsPattern("(?m)^AGENT +STATE$")
        .containsPattern("(?m)^agreed +agreed$")
        .containsPattern("(?m)^left +stopped: it answered 410 at 2026-03-31T10:30:00Z; ./agentpost agents resume NAME$")
        .containsPattern("(?m)^silent +not answering the challenge since 2026-03-31T10:30:00Z$");
  }

  @Test
  void resumesOneThatAnswered410AndSaysHowToDeliverWhatItMissed() {
    AgentName gone = new AgentName("gone");
    consents.gone(gone, "url", THEN);
    Run run = agents("resume", "gone");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out()).contains("gone is resumed; it was stopped since 2026-03-31T10:30:00Z", "./agentpost dlq redrive gone");
    Consent consent = consents.read(gone);
    assertThat(consent.isGone("url")).isFalse();
    assertThat(consent.isProven("url")).as("its owner is asked again").isFalse();
    assertEquals(1, agents("resume", "gone").exitCode(), "a second time there is nothing to resume");
  }

  @Test
  void oneThatIsNotStoppedIsSaid() {
    Run run = agents("resume", "nobody");
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("nobody is not stopped");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aTableThatIsNotThereIsSaid() {
    Run run = agents("list", "--table", "agentpost-try-health");
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("there is no table agentpost-try-health", "--table");
  }

  @Test
  void aCommandAndAnAgentAreNeeded() {
    assertEquals(2, Run.of("", "agents").exitCode());
    assertEquals(2, Run.of("", "agents", "resume").exitCode());
    assertEquals(2, Run.of("", "agents", "resume", "No Name").exitCode());
  }
}
