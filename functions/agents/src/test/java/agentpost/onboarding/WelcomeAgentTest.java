package agentpost.onboarding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.mail.Mailer;
import agentpost.stories.Published;
import agentpost.stories.SentMail;
import agentpost.testing.Events;
import agentpost.testing.MovableClock;
import agentpost.webhook.Agent;
import org.junit.jupiter.api.Test;

class WelcomeAgentTest {
  private final SentMail sent = new SentMail();
  private final Agent agent =
      new WelcomeAgent(
          new AgentName("welcome-agent"), sent, new MovableClock(Events.SIGNED_UP.plusSeconds(2)));

  @Test
  void sendsOneMailAndSaysSo() {
    Event published = Published.one(agent, Events.signUp("premium_trial"), "email.sent");
    assertEquals("ada@example.com", sent.only().to());
    assertTrue(sent.only().text().contains("premium trial"), sent.only().text());
    assertEquals("message-1", published.data().path("message_id").asText());
  }

  @Test
  void publishedAgainItIsTheSameEvent() {
    Event first = Published.one(agent, Events.signUp("premium_trial"), "email.sent");
    assertEquals(
        first.id(), Published.one(agent, Events.signUp("premium_trial"), "email.sent").id());
  }

  @Test
  void aSubjectCannotSmuggleAHeader() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Mailer.Message("a@example.com", "Hello\r\nBcc: b@example.com", ""));
  }
}
