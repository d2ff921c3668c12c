package agentpost.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import agentpost.event.Event;
import agentpost.testing.Events;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events of AWS's services as their documentation has them; each scenario changes one thing. */
class AwsAlertsTest {
  private static final Instant NOW = Instant.parse("2026-03-31T10:31:00Z");
  private static final String ALARM =
      """
      {'version':'0','id':'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92','detail-type':'CloudWatch Alarm State Change','source':'aws.cloudwatch','account':'123456789012',
       'time':'2026-03-31T10:30:00Z','region':'us-east-1','resources':['arn:aws:cloudwatch:us-east-1:123456789012:alarm:disk-full'],
       'detail':{'alarmName':'disk-full','configuration':{'description':'The disk fills up','metrics':[]},
        'previousState':{'reason':'all well','timestamp':'2026-03-31T09:00:00.985+0000','value':'OK'},
        'state':{'reason':'Threshold Crossed: 1 datapoint [91.0]','timestamp':'2026-03-31T10:30:00.989+0000','value':'ALARM'}}}\
      """;
  private static final String FINDING =
      """
      {'version':'0','id':'cd2d702e-ab31-411b-9344-793ce56b1bc7','detail-type':'GuardDuty Finding','source':'aws.guardduty','account':'123456789012',
       'time':'2026-03-31T10:30:00Z','region':'us-east-1','resources':[],
       'detail':{'schemaVersion':'2.0','id':'16afba5c','type':'Recon:EC2/PortProbeUnprotectedPort','severity':2,'title':'Unprotected port is being probed.',
        'resource':{'resourceType':'Instance','instanceDetails':{'instanceId':'i-0abc'}},
        'service':{'serviceName':'guardduty','archived':false,'count':1,'resourceRole':'TARGET','eventFirstSeen':'2026-03-31T10:12:00Z'}}}\
      """;

  private final AwsAlerts alerts = new AwsAlerts(Clock.fixed(NOW, ZoneOffset.UTC));

  private Event alert(String event) {
    Event alert = alerts.of(Events.json(event));
    Events.assertValid(alert);
    return alert;
  }

  @Test
  void anAlarmIsAnAlertAboutTheInfrastructure() {
    Event alert = alert(ALARM);
    ObjectNode expected =
        Events.json(
            "{'fingerprint':'cloudwatch/123456789012/us-east-1/disk-full','kind':'infrastructure','severity':'warning','state':'raised','source':'cloudwatch','title':'disk-full:"
                + " Threshold Crossed: 1 datapoint"
                + " [91.0]','resource':'arn:aws:cloudwatch:us-east-1:123456789012:alarm:disk-full',"
                + "'started_at':'2026-03-31T10:30:00Z'}");
    expected.set("details", Events.json(ALARM).path("detail"));
    assertEquals(expected, alert.data());
    assertEquals(Instant.parse("2026-03-31T10:30:00Z"), alert.timestamp());
    assertEquals("alerts", alert.metadata().sourceService());
  }

  @Test
  void anAlarmThatIsOkAgainResolvesTheSameFingerprint() {
    Event over =
        alert(ALARM.replace("'value':'ALARM'", "'value':'OK'").replace("c4c1c1c9", "d5d2d2d0"));
    assertEquals("resolved", over.data().path("state").asText());
    assertEquals(alert(ALARM).data().path("fingerprint"), over.data().path("fingerprint"));
  }

  @ParameterizedTest
  @CsvSource({
    "critical: nobody can pay,critical",
    "Info: for the record,info",
    "'  CRITICAL: x',critical",
    "criticality is low,warning",
    "'',warning"
  })
  void anAlarmsDescriptionMayBeginWithItsSeverity(String description, String severity) {
    assertEquals(
        severity,
        alert(ALARM.replace("The disk fills up", description)).data().path("severity").asText());
  }

  @Test
  void aFindingIsAnAlertAboutSecurity() {
    Event alert = alert(FINDING);
    ObjectNode expected =
        Events.json(
            "{'fingerprint':'guardduty/123456789012/us-east-1/16afba5c','kind':'security','severity':'info','state':'raised','source':'guardduty','title':'Unprotected"
                + " port is being"
                + " probed.','resource':'i-0abc','started_at':'2026-03-31T10:12:00Z'}");
    expected.set("details", Events.json(FINDING).path("detail"));
    assertEquals(expected, alert.data());
  }

  @ParameterizedTest
  @CsvSource({"1,info", "3.9,info", "4,warning", "6.9,warning", "7,critical", "9.5,critical"})
  void aFindingsSeverityIsAWord(String value, String severity) {
    assertEquals(
        severity,
        alert(FINDING.replace("'severity':2", "'severity':" + value))
            .data()
            .path("severity")
            .asText());
  }

  @Test
  void anArchivedFindingIsOver() {
    assertEquals(
        "resolved",
        alert(FINDING.replace("'archived':false", "'archived':true"))
            .data()
            .path("state")
            .asText());
  }

  @Test
  void theSameEventAgainIsTheSameEventAndAnotherIsAnother() {
    assertEquals(alert(ALARM), alert(ALARM));
    assertNotEquals(alert(ALARM).id(), alert(ALARM.replace("c4c1c1c9", "d5d2d2d0")).id());
    assertNotEquals(
        alert(ALARM.replace("'id':'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',", "")).id(),
        alert("{}").id());
  }

  /** An event that is not as expected is still trouble, and the last to be lost. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'detail':'text','resources':'none','time':'yesterday','id':7}",
        "{'detail-type':'CloudWatch Alarm State Change'}",
        "{'detail-type':'GuardDuty"
            + " Finding','detail':{'severity':'high','service':[],'resource':1}}",
        "{'detail-type':'AWS Health"
            + " Event','source':'aws.health','id':'h','account':'1','region':'eu-west-1','resources':['arn'],'detail':{'a':1}}",
      })
  void whateverItSaysItIsAnAlert(String event) {
    assertEquals("raised", alert(event).data().path("state").asText());
    assertEquals(NOW, alert(event).timestamp());
  }

  @Test
  void whatIsTooLongIsCutToFit() {
    String name = "\uD83D\uDD25".repeat(600);
    Event alert = alert(ALARM.replace("disk-full", name));
    assertEquals(
        512,
        alert
            .data()
            .path("title")
            .asText()
            .codePointCount(0, alert.data().path("title").asText().length()));
    assertEquals(name.substring(0, 10), alert.data().path("title").asText().substring(0, 10));
  }

  /** EventBridge takes no event of 1 MB, and the alert is more than its details. */
  @Test
  void detailsThatAreTooLargeAreLeftOutAndTheAlertIsNot() {
    Event alert =
        alert(ALARM.replace("'alarmName':", "'much':'" + "x".repeat(950_000) + "','alarmName':"));
    assertEquals(
        alert(ALARM).data().deepCopy().without(List.of("details")),
        alert.data().deepCopy().without(List.of("details")));
    assertFalse(alert.data().has("details"));
  }
}
