package agentpost.leads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.stories.Published;
import agentpost.stories.SentMail;
import agentpost.testing.Events;
import agentpost.testing.MovableClock;
import agentpost.webhook.Agent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowUpAgentTest {
  private final SentMail sent = new SentMail();
  private final Agent agent =
      new FollowUpAgent(
          new AgentName("follow-up-agent"),
          sent,
          new MovableClock(Events.SIGNED_UP.plusSeconds(2)));

  private static Event qualified(String name) {
    Event qualified =
        Events.event(
            "qualified-1",
            "lead.qualified",
            "lead-qualification",
            "{'lead_id':'lead-1','email':'ada@analytical.example.com','score':75,'reasons':['+30"
                + " asked for a demo']}");
    if (!name.isEmpty()) {
      qualified.data().put("name", name);
    }
    return qualified;
  }

  private static Event ending(String email) {
    return Events.answer(
        Events.signUp("premium_trial"),
        "trial-monitor",
        "trial.ending",
        "{'user_id':'usr-5678','plan':'premium_trial','ends_at':'2026-04-14T10:30:00Z'"
            + email
            + "}",
        60);
  }

  @Test
  void aQualifiedLeadIsWrittenTo() {
    Event published = Published.one(agent, qualified("Ada Lovelace"), "email.sent");
    assertEquals("ada@analytical.example.com", sent.only().to());
    assertTrue(sent.only().text().startsWith("Hello Ada Lovelace,"), sent.only().text());
    assertEquals(
        Events.json(
            "{'to':'ada@analytical.example.com','template':'introduction','message_id':'message-1','subject':'Your"
                + " demo'}"),
        published.data());
  }

  @ParameterizedTest
  @CsvSource({
    "Jean-Luc O'Neil Jr.,Hello Jean-Luc O'Neil Jr.",
    "Zoë,Hello Zoë",
    "'',Hello",
    "'  ',Hello",
    "Win at http://casino.example,Hello"
  })
  void onlyWhatLooksLikeANameIsWrittenBack(String name, String salutation) {
    Published.one(agent, qualified(name), "email.sent");
    assertEquals(salutation + ",", sent.only().text().lines().findFirst().orElseThrow());
  }

  @Test
  void aLineBreakIsNoName() {
    Published.one(agent, qualified("Ada\nClick here"), "email.sent");
    assertTrue(sent.only().text().startsWith("Hello,\n"), sent.only().text());
  }

  @Test
  void whoseTrialIsAboutToEndIsReminded() {
    Event published = Published.one(agent, ending(",'email':'ada@example.com'"), "email.sent");
    assertEquals("Your trial ends on 14 April 2026", sent.only().subject());
    assertEquals("usr-5678", published.data().path("user_id").asText());
    assertEquals("trial-ending", published.data().path("template").asText());
    assertNotEquals(Published.one(agent, qualified(""), "email.sent").id(), published.id());
  }

  @Test
  void withoutAnAddressThereIsNobodyToWriteTo() {
    Published.none(agent, ending(""));
    assertEquals(List.of(), sent.all());
  }
}
