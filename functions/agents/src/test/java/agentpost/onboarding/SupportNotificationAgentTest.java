package agentpost.onboarding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.stories.Published;
import agentpost.stories.SentMail;
import agentpost.testing.Events;
import agentpost.testing.MovableClock;
import agentpost.webhook.Agent;
import org.junit.jupiter.api.Test;

class SupportNotificationAgentTest {
  private final SentMail sent = new SentMail();
  private final Agent agent =
      new SupportNotificationAgent(
          new AgentName("support-notification"),
          sent,
          "support@example.com",
          new MovableClock(Events.SIGNED_UP.plusSeconds(2)));

  @Test
  void supportIsToldByMailAndEvent() {
    Event signUp =
        Events.event(
            "uuid-1234-abcd",
            "user.signed_up",
            "authentication_service",
            "{'user_id':'usr-5678','email':'ada@example.com','plan':'enterprise','signup_source':'partner_acme','location':'DE-BY'}");
    Published.one(agent, signUp, "support.alerted");
    assertEquals("support@example.com", sent.only().to());
    assertTrue(
        sent.only().text().contains("usr-5678") && sent.only().text().contains("partner_acme"),
        sent.only().text());
    assertFalse(sent.only().text().contains("ada@example.com"), "an alert needs no address");
  }
}
