package agentpost.onboarding;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.mail.Mailer;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;

/**
 * Tells support about a sign-up. Which sign-ups are worth it is its rule's pattern's business, in
 * the catalog: here come no others.
 */
final class SupportNotificationAgent implements Agent {
  private final AgentName name;
  private final Mailer mailer;
  private final String support;
  private final Clock clock;

  /**
   * @param support the address that support reads
   */
  SupportNotificationAgent(AgentName name, Mailer mailer, String support, Clock clock) {
    this.name = name;
    this.mailer = mailer;
    this.support = support;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    if (!event.type().equals("user.signed_up")) {
      return new Outcome.Refused("this agent does not know " + event.type());
    }
    SignUp signUp = SignUp.of(event);
    String reason = "High-value sign-up on plan " + signUp.plan();
    String text =
        reason
            + "\n\nUser: "
            + signUp.userId()
            + "\nSource: "
            + (signUp.source().isEmpty() ? "unknown" : signUp.source())
            + "\nLocation: "
            + (signUp.location().isEmpty() ? "unknown" : signUp.location())
            + "\nCorrelation: "
            + event.metadata().correlationId()
            + "\n";
    mailer.send(new Mailer.Message(support, reason, text));
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("reason", reason)
            .put("severity", "info")
            .put("user_id", signUp.userId())
            .put("plan", signUp.plan())
            .put("notified", support);
    return new Outcome.Done(
        List.of(event.answer(name, "support.alerted", data, clock.instant())),
        "alerted " + support);
  }
}
