package agentpost.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;

class LeadsIT {
  @TempDir private Path directory;

  @Test
  void showsTheWholeStoryAndEndsWithZero() throws Exception {
    try (Launcher demo = Launcher.start(directory, "demo", "leads")) {
      assertEquals(0, demo.exitCode(), demo.output());
      assertThat(demo.output())
          .containsSubsequence(
              "scheduling-agent, for now",
              "lead.captured from website, for lead-qualification, metrics-agent",
              "lead.qualified from lead-qualification, for follow-up-agent, metrics-agent,"
                  + " scheduling-agent",
              "up again",
              "information.requested from scheduling-agent, for lead-qualification",
              "information.provided from lead-qualification, for scheduling-agent",
              "202, queued",
              "operation.completed from operations, for scheduling-agent",
              "demo.scheduled from scheduling-agent",
              "the calendar's worker; the calendar still accepts work",
              "operation.timed_out from operations, for scheduling-agent",
              "operation.timed_out from operations, for scheduling-agent",
              "support.alerted from scheduling-agent",
              "410, refused; its slot is free again")
          .containsPattern(
              "refused +scheduling-agent +lead.qualified: 503; again in ([5-9]|\\d\\d+) s")
          .containsPattern("delivered +scheduling-agent +lead.qualified, at attempt \\d+")
          .containsPattern("metric +LeadScore 100, LeadsQualified 1")
          .containsPattern("[0-9a-f-]{36}  COMPLETED  scheduling-agent    book-demo     1 ")
          .containsPattern("[0-9a-f-]{36}  TIMED_OUT  scheduling-agent    book-demo     2 ")
          .contains("2 introductory e-mails")
          .doesNotContain("missing", "Exception", "gave up")
          .doesNotContain("\u001b");
    }
  }

  @Test
  void saysWhatWasNotSeenAndGoesNoFurther() throws Exception {
    StringWriter shown = new StringWriter();
    List<String> missing;
    try (LocalCloud cloud =
        LocalCloud.start(new LocalCloudOptions(0, DemoLeadsCommand.TIME_SCALE, 1))) {
      cloud.deploy(Launcher.synthesized(directory));
      try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
        events.removeTargets(
            remove ->
                remove.eventBusName("agentpost").rule("agentpost-follow-up-agent").ids("webhook"));
      }
      missing =
          new LeadsRun(cloud, new LabelledLines(new PrintWriter(shown)), Duration.ofSeconds(8))
              .run(lead("without-time-zone", "one"), lead("fair-in-berlin", "two"));
    }
    assertThat(missing)
        .containsExactly("follow-up-agent hearing of the lead while scheduling-agent is down");
    assertThat(shown.toString())
        .contains("lead.qualified from lead-qualification")
        .doesNotContain("fair", "summary");
  }

  private static DemoEvent lead(String example, String id) {
    return DemoEvent.lead(
        Launcher.HOME.resolve("events-schemas/lead.captured/examples/" + example + ".json"),
        id,
        Instant.now());
  }

  /** An operation that waits, seen from another process by its id, at the cloud's own time. */
  @Test
  void operationsAreListedAndShown() throws Exception {
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1))) {
      cloud.deploy(Launcher.synthesized(directory));
      new FunctionOutage(cloud.endpoint()).begin("agentpost-calendar");
      try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
        events.putEvents(put -> put.entries(lead("fair-in-berlin", "one").entry()));
      }
      String endpoint = cloud.endpoint().toString();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  Run.of("", "operations", "list", "--endpoint-url", endpoint, "--json")
                      .out()
                      .contains("accepted_at"));
      JsonNode listed =
          new JsonMapper()
              .readTree(
                  Run.of("", "operations", "list", "--open", "--endpoint-url", endpoint, "--json")
                      .out());
      assertThat(listed).hasSize(1);
      String id = listed.path(0).path("operation_id").asText();
      assertEquals("PENDING", listed.path(0).path("state").asText());
      assertEquals(1, listed.path(0).path("attempt").asInt());
      assertThat(listed.path(0).path("age_seconds").asInt()).isBetween(0, 3600);
      assertThat(listed.path(0).has("request")).isFalse();
      assertThat(Run.of("", "operations", "list", "--endpoint-url", endpoint).out())
          .containsPattern(
              "OPERATION +STATE +AGENT +PURPOSE +ATTEMPT +AGE +DEADLINE\n"
                  + id
                  + "  PENDING    scheduling-agent    book-demo     1 .* in 1 h \\d+ min\n");
      Run shown = Run.of("", "operations", "show", id, "--endpoint-url", endpoint);
      assertEquals(0, shown.exitCode(), shown.everything());
      assertThat(shown.out())
          .containsPattern("state +PENDING\n")
          .containsPattern("correlation_id +corr-one\n")
          .containsPattern("request +\\{.*\"lead_id\":\"lead-1\"");
      assertEquals(
          "lead-1",
          new JsonMapper()
              .readTree(
                  Run.of("", "operations", "show", id, "--endpoint-url", endpoint, "--json").out())
              .at("/request/lead_id")
              .asText());
      Run none = Run.of("", "operations", "show", "none", "--endpoint-url", endpoint);
      assertEquals(1, none.exitCode());
      assertThat(none.err()).contains("there is no such operation in agentpost-operations");
      assertThat(
              Run.of("", "operations", "list", "--stage", "other", "--endpoint-url", endpoint)
                  .err())
          .contains("no stack of that name: there is no agentpost-other at " + endpoint);
    }
  }
}
