package agentpost.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import agentpost.cli.project.CdkOut;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import picocli.CommandLine;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

@ResourceLock(value = Resources.SYSTEM_PROPERTIES, mode = ResourceAccessMode.READ)
class DoctorIT {
  private static final String TEMPLATE =
      """
      {"Resources":{
        "Bus":{"Type":"AWS::Events::EventBus","Properties":{"Name":"agentpost"}},
        "Queue":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"agentpost-crm-dlq"}},
        "Policy":{"Type":"AWS::SQS::QueuePolicy","Properties":{"Queues":[{"Ref":"Queue"}],"PolicyDocument":{"Statement":[
          {"Effect":"Allow","Action":"sqs:SendMessage","Resource":{"Fn::GetAtt":["Queue","Arn"]},
           "Principal":{"Service":"events.amazonaws.com"},
           "Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:events:*:*:rule/agentpost/agentpost-crm"}}}]}}},
        "Rule":{"Type":"AWS::Events::Rule","Properties":{"Name":"agentpost-crm","EventBusName":{"Ref":"Bus"},
          "EventPattern":{"detail-type":["user.signed_up"]},
          "Targets":[{"Id":"webhook","Arn":{"Fn::GetAtt":["Queue","Arn"]},
            "DeadLetterConfig":{"Arn":{"Fn::GetAtt":["Queue","Arn"]}}}]}},
        "Directory":{"Type":"AWS::SecretsManager::Secret","Properties":{"Name":"agentpost/directory/agents",
          "SecretString":"{\\"entries\\":{\\"crm\\":{\\"external\\":{}}}}"}},
        "Secret":{"Type":"AWS::SecretsManager::Secret","Properties":{"Name":"agentpost/agents/crm",
          "GenerateSecretString":{"GenerateStringKey":"current","SecretStringTemplate":"{}"}}}}}
      """;

  @TempDir private Path directory;
  private Path cdkOut = Path.of("unset");
  private LocalCloud cloud;

  @BeforeEach
  void start() throws Exception {
    cdkOut = Files.createDirectory(directory.resolve("cdk.out"));
    Files.writeString(cdkOut.resolve("agentpost.template.json"), TEMPLATE);
    Files.writeString(
        cdkOut.resolve("manifest.json"),
        "{\"artifacts\":{\"agentpost\":{\"type\":\"aws:cloudformation:stack\",\"properties\":"
            + "{\"templateFile\":\"agentpost.template.json\",\"stackName\":\"agentpost\"}}}}");
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.deploy(cdkOut);
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private Run doctor(String... more) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(new DoctorCommand(() -> cdkOut, CdkOut::read))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(
                Stream.concat(
                        Stream.of("--endpoint-url", cloud.endpoint().toString()), Stream.of(more))
                    .toArray(String[]::new));
    return new Run(exitCode, out.toString(), err.toString());
  }

  private void assertBroken(String... said) {
    Run run = doctor();
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out()).contains(said).contains("1 broken, ");
  }

  private EventBridgeClient events() {
    return cloud.clients("test").create(EventBridgeClient.builder());
  }

  @Test
  void aStackThatIsWellHasALineForEachCheck() {
    Run run = doctor();
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(
            "ok    JDK: ",
            "ok    rules: 1, each enabled and with a target",
            "ok    queue policies: EventBridge may send to all 1 queues",
            "ok    secrets: 2, none expires within two weeks",
            "ok    schema registry: ",
            "ok    clock: ",
            "All is well.");
  }

  @Test
  void jsonHasTheFindings() throws IOException {
    JsonNode findings = new JsonMapper().readTree(doctor("--json").out());
    assertThat(findings.valueStream().map(finding -> finding.path("about").asText()))
        .contains("JDK", "rules", "secrets", "clock");
  }

  @Test
  void aRuleWithoutATargetIsBroken() {
    try (EventBridgeClient events = events()) {
      events.removeTargets(
          remove -> remove.eventBusName("agentpost").rule("agentpost-crm").ids("webhook"));
    }
    assertBroken("stop  rule agentpost-crm: has no target, so nobody gets what it matches");
  }

  @Test
  void aDisabledRuleIsAWarningWithTheCommandThatEnablesIt() {
    try (EventBridgeClient events = events()) {
      events.disableRule(disable -> disable.eventBusName("agentpost").name("agentpost-crm"));
    }
    assertThat(doctor().out())
        .contains(
            "warn  rule agentpost-crm: is disabled",
            "aws events enable-rule --name agentpost-crm --event-bus-name agentpost --endpoint-url "
                + cloud.endpoint());
  }

  @Test
  void aQueueThatEventBridgeMayNotSendToIsBroken() {
    try (SqsClient sqs = cloud.clients("test").create(SqsClient.builder())) {
      String url = sqs.getQueueUrl(get -> get.queueName("agentpost-crm-dlq")).queueUrl();
      String policy =
          sqs.getQueueAttributes(get -> get.queueUrl(url).attributeNames(QueueAttributeName.POLICY))
              .attributes()
              .getOrDefault(QueueAttributeName.POLICY, "");
      sqs.setQueueAttributes(
          set ->
              set.queueUrl(url)
                  .attributes(
                      Map.of(
                          QueueAttributeName.POLICY,
                          policy.replace("agentpost/agentpost-crm", "agentpost/agentpost-erp"))));
    }
    assertBroken("stop  queue agentpost-crm-dlq: its policy does not let EventBridge send");
  }

  @Test
  void aSecretThatIsToBeDeletedIsBroken() {
    try (SecretsManagerClient secrets =
        cloud.clients("test").create(SecretsManagerClient.builder())) {
      secrets.deleteSecret(delete -> delete.secretId("agentpost/agents/crm"));
    }
    assertBroken(
        "stop  secret agentpost/agents/crm: is to be deleted",
        "aws secretsmanager restore-secret --secret-id agentpost/agents/crm");
  }

  @Test
  void aRotationThatDidNotFinishIsAWarning() {
    try (SecretsManagerClient secrets =
        cloud.clients("test").create(SecretsManagerClient.builder())) {
      secrets.putSecretValue(
          put ->
              put.secretId("agentpost/agents/crm")
                  .secretString("next")
                  .versionStages("AWSPENDING"));
    }
    assertThat(doctor().out())
        .contains(
            "warn  secret agentpost/agents/crm: its last rotation did not finish",
            "./agentpost secrets rotate crm --endpoint-url " + cloud.endpoint());
  }

  @Test
  void aPlaceWhereNobodyAnswersIsOneFindingOfMany() {
    StringWriter out = new StringWriter();
    int exitCode =
        new CommandLine(new DoctorCommand(() -> cdkOut, CdkOut::read))
            .setOut(new PrintWriter(out, true))
            .execute("--endpoint-url", "http://localhost:1");
    assertEquals(1, exitCode, out.toString());
    assertThat(out.toString())
        .contains("ok    JDK: ", "stop  stack: nothing answers at http://localhost:1", "1 broken");
  }

  @Test
  void aStackThatIsNotThereIsAWarning() {
    assertThat(doctor("--stage", "try").out())
        .contains("warn  stack: there is no agentpost-try at " + cloud.endpoint());
  }

  @Test
  void aCatalogThatCannotBeSynthesizedIsOneFindingOfMany() throws Exception {
    Path catalog =
        Files.writeString(
            directory.resolve("agents.yaml"),
            Files.readString(Launcher.ONBOARDING).replace("subscribes:", "subscribse:"));
    try (Launcher doctor =
        Launcher.startOn(
            catalog, directory, "doctor", "--endpoint-url", cloud.endpoint().toString())) {
      assertEquals(1, doctor.exitCode(), doctor::output);
      assertThat(doctor.output())
          .contains("ok    JDK: ", "ok    build: up to date", "subscribse", "./agentpost synth")
          .containsPattern("(?m)^stop  catalog: ")
          .contains("ok    rules: 1, each enabled and with a target");
    }
  }

  @Test
  void theCatalogThatIsShippedHasNothingBroken() throws Exception {
    try (Launcher doctor =
        Launcher.startOn(
            Launcher.EXAMPLES,
            directory,
            "doctor",
            "--endpoint-url",
            cloud.endpoint().toString(),
            "--stage",
            "try")) {
      assertEquals(0, doctor.exitCode(), doctor::output);
      assertThat(doctor.output())
          .contains("ok    catalog: valid, and synthesized", "warn  events: no agent receives ");
    }
  }
}
