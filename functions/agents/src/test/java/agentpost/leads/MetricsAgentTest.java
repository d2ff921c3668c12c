package agentpost.leads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.event.Event;
import agentpost.stories.Published;
import agentpost.testing.Events;
import agentpost.testing.MovableClock;
import agentpost.webhook.Agent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsAgentTest {
  /**
   * CloudWatch user guide, "Specification: Embedded metric format", "Embedded metric format JSON
   * schema", and the units of MetricDatum.
   */
  private static final Schema EMF =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
          .getSchema(
              Events.json(
                  """
                  {'type':'object','required':['_aws'],'properties':{'_aws':{'type':'object','required':['Timestamp','CloudWatchMetrics'],'properties':{
                    'Timestamp':{'type':'integer'},
                    'CloudWatchMetrics':{'type':'array','items':{'type':'object','required':['Namespace','Dimensions','Metrics'],'additionalProperties':false,'properties':{
                      'Namespace':{'type':'string','pattern':'^(.*)$','minLength':1,'maxLength':1024},
                      'Dimensions':{'type':'array','minItems':1,'items':{'type':'array','minItems':0,'maxItems':30,'items':{'type':'string','minLength':1,'maxLength':250}}},
                      'Metrics':{'type':'array','minItems':1,'maxItems':100,'items':{'type':'object','required':['Name'],'additionalProperties':false,'properties':{
                        'Name':{'type':'string','minLength':1,'maxLength':1024},
                        'Unit':{'enum':['Seconds','Milliseconds','Bytes','Percent','Count','Count/Second','None']},
                        'StorageResolution':{'enum':[1,60]}}}}}}}}}}}
                  """));

  private final List<String> lines = new ArrayList<>();
  private final MovableClock clock = new MovableClock(Events.SIGNED_UP.plusSeconds(2));
  private final Agent agent = new MetricsAgent("agentpost-test", lines::add, clock);

  private static Event captured(String source) {
    return Events.event(
        "captured-1",
        "lead.captured",
        "website",
        "{'lead_id':'lead-1','email':'ada@example.com','source':'" + source + "'}");
  }

  private static Event scored(String type) {
    return Events.event(
        "scored-1",
        type,
        "lead-qualification",
        "{'lead_id':'lead-1','email':'ada@example.com','score':75,'reasons':['+30 asked for a"
            + " demo']}");
  }

  private static Event demo() {
    return Events.event(
        "demo-1",
        "demo.scheduled",
        "scheduling-agent",
        "{'lead_id':'lead-1','operation_id':'op-1','starts_at':'2026-04-01T10:30:00+02:00','ends_at':'2026-04-01T11:00:00+02:00','time_zone':'Europe/Berlin','attempt':2}");
  }

  private ObjectNode line(Event event) {
    Published.none(agent, event);
    try {
      ObjectNode line = new JsonMapper().readValue(lines.getLast(), ObjectNode.class);
      assertEquals(List.of(), EMF.validate(line));
      assertEveryReferenceHasItsMember(line);
      return line;
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * "The root node must contain all target members": a string for each dimension, a number for each
   * metric.
   */
  private static void assertEveryReferenceHasItsMember(ObjectNode line) {
    JsonNode directive = line.path("_aws").path("CloudWatchMetrics").path(0);
    directive
        .path("Dimensions")
        .forEach(
            level ->
                level.forEach(
                    name -> assertTrue(line.path(name.asText()).isTextual(), name.asText())));
    directive
        .path("Metrics")
        .forEach(
            metric ->
                assertTrue(line.path(metric.path("Name").asText()).isNumber(), metric.toString()));
  }

  @Test
  void aCapturedLeadIsExactlyThisLine() {
    ObjectNode expected =
        Events.json(
            "{'_aws':{'Timestamp':1774953000000,'CloudWatchMetrics':[{'Namespace':'agentpost','Dimensions':[['Bus'],['Bus','Source']],'Metrics':[{'Name':'LeadsCaptured','Unit':'Count'}]}]},"
                + "'Bus':'agentpost-test','Source':'webinar','LeadsCaptured':1,'event_id':'captured-1','correlation_id':'corr-9876'}");
    assertEquals(expected.toString(), line(captured("webinar_spring")).toString());
  }

  @ParameterizedTest
  @CsvSource({"lead.qualified,LeadsQualified", "lead.disqualified,LeadsDisqualified"})
  void aScoredLeadCountsAndItsScoreIsAMetric(String type, String metric) {
    ObjectNode line = line(scored(type));
    assertEquals(1, line.path(metric).asInt());
    assertEquals(75, line.path("LeadScore").asInt());
  }

  @Test
  void aDemoCountsWithHowFarOffItIsAndHowManyAttemptsItTook() {
    ObjectNode line = line(demo());
    assertEquals(1, line.path("DemosScheduled").asInt());
    assertEquals(Duration.ofHours(22).toSeconds(), line.path("DemoWait").asLong());
    assertEquals(2, line.path("BookingAttempts").asInt());
  }

  @Test
  void howLongAnOnboardingTookIsAMetricInSeconds() {
    ObjectNode line =
        line(
            Events.event(
                "onboarded-1",
                "onboarding.completed",
                "onboarding-coordinator",
                "{'user_id':'usr-5678','started_at':'2026-03-31T10:30:00Z','completed_at':'2026-03-31T10:30:12.600Z','took_seconds':12.6,'late':false,'steps':[{'agent':'welcome-agent','at':'2026-03-31T10:30:12.600Z','took_seconds':12.6}]}"));
    assertEquals(13, line.path("OnboardingTime").asInt());
    assertEquals("[[\"Bus\"]]", line.at("/_aws/CloudWatchMetrics/0/Dimensions").toString());
  }

  @Test
  void whateverSourcesLeadsComeFromThereAreSevenValuesOfTheDimension() {
    Set<String> values = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      values.add(
          line(captured(
                  List.of(
                              "demo_request_",
                              "webinar_",
                              "partner_",
                              "marketing_campaign_",
                              "fair_",
                              "referral_",
                              "page_")
                          .get(i % 7)
                      + i))
              .path("Source")
              .asText());
    }
    assertEquals(
        Set.of(
            "demo_request",
            "webinar",
            "partner",
            "marketing_campaign",
            "fair",
            "referral",
            "other"),
        values);
    assertEquals("other", line(captured(" ")).path("Source").asText());
  }

  @Test
  void noAddressGetsIntoTheLog() {
    List.of(captured("fair"), scored("lead.qualified"), demo()).forEach(this::line);
    assertEquals(List.of(), lines.stream().filter(line -> line.contains("@")).toList());
  }

  @Test
  void whatCloudWatchWouldDropIsNotWritten() {
    clock.move(Duration.ofDays(15));
    Published.none(agent, captured("fair"));
    clock.move(Duration.ofDays(-16));
    Published.none(agent, captured("fair"));
    assertEquals(List.of(), lines);
  }

  /** Valid, and so it can be read. */
  @Test
  void aDemoAtALeapSecondIsCounted() {
    Event leap =
        Events.event(
            "demo-1",
            "demo.scheduled",
            "scheduling-agent",
            demo()
                .data()
                .toString()
                .replace("2026-04-01T10:30:00+02:00", "2016-12-31T23:59:60Z")
                .replace('"', '\''));
    Events.assertValid(leap);
    assertEquals(0, line(leap).path("DemoWait").asInt(-1));
  }
}
