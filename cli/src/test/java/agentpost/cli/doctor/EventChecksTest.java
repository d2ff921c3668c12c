package agentpost.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.deployment.Finding;
import agentpost.cli.project.CdkOut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class EventChecksTest {
  private static final String SCHEMAS = "agentpost.schemas";

  @TempDir private Path directory;

  @BeforeEach
  void schemas() throws IOException {
    for (String type : List.of("order.placed", "order.paid")) {
      Path event =
          Files.createDirectories(directory.resolve("events-schemas/" + type + "/examples"));
      Files.writeString(
          event.resolveSibling("1.schema.json"),
          """
          {"title":"An order was placed","description":"By the shop.",
           "data":{"required":["plan"],"properties":{
             "plan":{"type":"string","maxLength":9,"description":"Which."}}}}\
          """);
      Files.writeString(
          event.resolve("premium.json"),
          """
          {"event_id":"a","event_type":"%s","timestamp":"2026-03-31T10:30:00Z",
           "data":{"plan":"premium"},"metadata":{"source_service":"till","correlation_id":"c"}}\
          """
              .formatted(type));
    }
    System.setProperty(SCHEMAS, directory.resolve("events-schemas").toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(SCHEMAS);
  }

  private List<Finding> findings(String... patterns) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("cdk.out"));
    StringBuilder agents = new StringBuilder();
    for (int i = 0; i < patterns.length; i++) {
      agents.append(
          """
          "R%1$d":{"Type":"AWS::Events::Rule","Properties":{"Name":"agentpost-crm%1$d","EventPattern":%2$s}},
          "Q%1$d":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"agentpost-crm%1$d-dlq"}},
          """
              .formatted(i, patterns[i]));
    }
    Files.writeString(
        folder.resolve("agentpost.template.json"),
        "{\"Resources\":{" + agents + "\"B\":{\"Type\":\"AWS::Events::EventBus\"}}}");
    return new EventChecks(CdkOut.read(folder)).all();
  }

  @Test
  void anExampleMatchesEachAndEachIsReceived() throws IOException {
    assertThat(
            findings(
                "{\"detail-type\":[\"order.placed\"],\"detail\":{\"data\":{\"plan\":[\"premium\"]}}}",
                "{\"detail-type\":[\"order.paid\"],\"source\":[\"till\"]}"))
        .extracting(Finding::level)
        .containsExactly(Finding.Level.OK, Finding.Level.OK);
  }

  @Test
  void aSubscriptionThatNoExampleMatchesIsNamed() throws IOException {
    List<Finding> findings =
        findings(
            "{\"detail-type\":[\"order.placed\","
                + " \"order.paid\"],\"detail\":{\"data\":{\"plan\":[\"gold\"]}}}");
    assertThat(findings)
        .extracting(Finding::text)
        .contains(
            "no example of order.placed matches its subscription",
            "no example of order.paid matches its subscription");
    assertThat(findings.getFirst().about()).isEqualTo("agent crm0");
  }

  @Test
  void anAgentThatCanReceiveNothingIsNamed() throws IOException {
    assertThat(findings("{\"detail-type\":[\"order.plcaed\"]}").getFirst().text())
        .startsWith("subscribes to no event that there is");
  }

  @Test
  void eventsOfTheProjectThatNoAgentReceivesAreNamed() throws IOException {
    assertThat(findings("{\"detail-type\":[\"order.placed\"]}").getLast().text())
        .isEqualTo("no agent receives order.paid");
  }
}
