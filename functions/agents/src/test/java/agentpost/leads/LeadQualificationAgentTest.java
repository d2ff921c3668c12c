package agentpost.leads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.event.Event;
import agentpost.stories.Published;
import agentpost.testing.Events;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.webhook.Agent;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeadQualificationAgentTest {
  private static final AgentName NAME = new AgentName("lead-qualification");
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(Events.SIGNED_UP.plusSeconds(2));
  private final Agent agent =
      new LeadQualificationAgent(
          NAME,
          new DynamoAgentMemory(tables.client(), LocalTables.AGENT_STATE, NAME, clock),
          clock);

  @AfterEach
  void close() {
    tables.close();
  }

  private static Event lead(String more) {
    return Events.event(
        "lead-captured-1",
        "lead.captured",
        "website",
        "{'lead_id':'lead-1','email':'grace@compiler.example.com'" + more + "}");
  }

  private static Event question(String fields, String about) {
    return Events.event(
        "question-1",
        "information.requested",
        "scheduling-agent",
        "{'fields':"
            + fields
            + ",'about':"
            + about
            + ",'from':'lead-qualification','until':'2026-03-31T11:30:00Z'}");
  }

  private static Event question(String fields) {
    return question(fields, "{'type':'lead','id':'lead-1'}");
  }

  @Test
  void aPromisingLeadIsQualifiedWithItsScoreAndReasons() {
    String more =
        ",'name':'Grace Hopper','company':'Compiler"
            + " Works','employees':1200,'job_title':'CTO','source':'demo_request','location':'US-NY'";
    Event published = Published.one(agent, lead(more), "lead.qualified");
    assertEquals(
        Events.json(
            "{'lead_id':'lead-1','email':'grace@compiler.example.com','name':'Grace"
                + " Hopper','company':'Compiler"
                + " Works','location':'US-NY','score':100,'reasons':['+30 asked for a demo','+25"
                + " decides on purchases','+25 works where 200 people or more do','+10 names a"
                + " company']}"),
        published.data());
  }

  @Test
  void aLeadThatIsNotIsDisqualifiedWithItsScoreAndReasons() {
    Event lead = lead("");
    lead.data().put("email", "someone@Gmail.com");
    Event published = Published.one(agent, lead, "lead.disqualified");
    assertEquals(
        Events.json(
            "{'lead_id':'lead-1','score':0,'reasons':['-20 writes from a private mailbox']}"),
        published.data());
  }

  @Test
  void aLeadOfWhomNothingIsKnownIsDisqualifiedWithAReasonToo() {
    assertEquals(
        "nothing is known that speaks for or against it",
        Published.one(agent, lead(""), "lead.disqualified")
            .data()
            .path("reasons")
            .path(0)
            .asText());
  }

  @Test
  void aTimeZoneIsInferredFromWhereTheLeadIs() {
    Published.by(agent, lead(",'location':'US-NY'"));
    Event answer = Published.one(agent, question("['time_zone']"), "information.provided");
    assertEquals(
        Events.json(
            "{'about':{'type':'lead','id':'lead-1'},'values':{'time_zone':'America/New_York'},'basis':'time_zone:"
                + " follows from US-NY'}"),
        answer.data());
  }

  @Test
  void whatTheLeadSaidIsAnsweredAsItWasSaid() {
    Published.by(
        agent, lead(",'location':'US-NY','time_zone':'Europe/Berlin','company':'Compiler Works'"));
    Event answer =
        Published.one(
            agent, question("['time_zone','company','shoe_size']"), "information.provided");
    assertEquals(
        Events.json("{'time_zone':'Europe/Berlin','company':'Compiler Works'}"),
        answer.data().path("values"));
  }

  @Test
  void aTimeZoneThatDoesNotExistIsNotPassedOn() {
    Published.by(agent, lead(",'location':'FR','time_zone':'Mars/Olympus'"));
    assertEquals(
        "Europe/Paris",
        Published.one(agent, question("['time_zone']"), "information.provided")
            .data()
            .path("values")
            .path("time_zone")
            .asText());
  }

  @Test
  void whoDoesNotKnowDoesNotAnswer() {
    Published.none(agent, question("['time_zone']"));
    Published.by(agent, lead(",'location':'US'"));
    Published.none(agent, question("['time_zone']"));
    Published.none(agent, question("['time_zone']", "{'type':'user','id':'lead-1'}"));
  }

  @Test
  void aQuestionWhoseTimeIsOverIsNotAnswered() {
    Published.by(agent, lead(",'location':'US-NY'"));
    clock.move(Duration.ofHours(2));
    Published.none(agent, question("['time_zone']"));
  }

  @Test
  void theLeadIsRememberedBeforeItsScoreIsPublished() {
    Event lead = lead(",'location':'DE'");
    assertEquals(
        Published.one(agent, lead, "lead.disqualified").id(),
        Published.one(agent, lead, "lead.disqualified").id());
    assertTrue(tables.state("lead-qualification", "lead#lead-1", "state").contains("DE"));
  }
}
