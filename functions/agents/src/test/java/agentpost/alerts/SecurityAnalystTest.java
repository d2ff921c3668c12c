package agentpost.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.stories.Published;
import agentpost.testing.Events;
import agentpost.testing.MovableClock;
import agentpost.webhook.Agent;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecurityAnalystTest {
  private final Agent agent =
      new SecurityAnalyst(new AgentName("security-analyst"), new MovableClock(Events.SIGNED_UP));

  private static Event finding(String more) {
    var data =
        Events.json(
            "{'fingerprint':'guardduty/1/us-east-1/f','kind':'security','severity':'warning','state':'raised','source':'guardduty','title':'t','resource':'i-1',"
                + "'details':{'type':'CryptoCurrency:EC2/BitcoinTool.B!DNS','service':{'resourceRole':'TARGET'}}}");
    data.setAll(Events.json("{" + more + "}"));
    Event event = Events.event("a1", "alert.raised", "alerts", "{}");
    return new Event(event.id(), event.type(), event.timestamp(), data, event.metadata());
  }

  @Test
  void saysWhatAFindingMeansAndWhatToDoFirst() {
    Event analyzed = Published.one(agent, finding(""), "security.analyzed");
    assertEquals("crypto-currency", analyzed.data().path("threat").asText());
    assertEquals("CryptoCurrency:EC2/BitcoinTool.B!DNS", analyzed.data().path("finding").asText());
    assertEquals("i-1", analyzed.data().path("resource").asText());
    assertTrue(
        StreamSupport.stream(analyzed.data().path("actions").spliterator(), false)
            .anyMatch(action -> action.asText().startsWith("Isolate it")));
  }

  @ParameterizedTest
  @CsvSource({
    "ACTOR,warning,critical",
    "ACTOR,info,info",
    "ACTOR,critical,critical",
    "TARGET,warning,warning"
  })
  void whatActsItselfIsWorseThanItsSourceSays(String role, String says, String is) {
    Event event =
        finding(
            "'severity':'"
                + says
                + "','details':{'type':'Trojan:EC2/DropPoint','service':{'resourceRole':'"
                + role
                + "'}}");
    assertEquals(
        is, Published.one(agent, event, "security.analyzed").data().path("severity").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "Recon:EC2/PortProbeUnprotectedPort,recon",
    "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B,unauthorized-access",
    "AttackSequence:S3/CompromisedData,attack-sequence",
    "PrivilegeEscalation:Runtime/DockerSocketAccessed,privilege-escalation",
    "NewThing:EC2/X,new-thing",
    "no type at all,unknown",
    "'',unknown",
  })
  void theThreatIsWhatTheTypeBeginsWith(String type, String threat) {
    assertEquals(
        threat,
        Published.one(agent, finding("'details':{'type':'" + type + "'}"), "security.analyzed")
            .data()
            .path("threat")
            .asText());
  }

  @Test
  void anAlertWithoutDetailsIsAnalysedAsFarAsItGoes() {
    assertEquals(
        "unknown",
        Published.one(agent, finding("'details':{}"), "security.analyzed")
            .data()
            .path("threat")
            .asText());
  }

  @Test
  void whatIsOverIsNotAnalysed() {
    Published.none(agent, finding("'state':'resolved'"));
  }
}
