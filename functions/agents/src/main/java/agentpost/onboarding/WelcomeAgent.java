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

/** Welcomes whoever signed up, by e-mail, and says so with {@code email.sent}. */
final class WelcomeAgent implements Agent {
  private static final String SUBJECT = "Welcome";
  private final AgentName name;
  private final Mailer mailer;
  private final Clock clock;

  WelcomeAgent(AgentName name, Mailer mailer, Clock clock) {
    this.name = name;
    this.mailer = mailer;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    if (!event.type().equals("user.signed_up")) {
      return new Outcome.Refused("this agent does not know " + event.type());
    }
    SignUp signUp = SignUp.of(event);
    String text =
        "Welcome!\n\nYour account is ready, on the plan "
            + signUp.plan().replace('_', ' ')
            + ".\nAnswer this message if you need anything.\n";
    String messageId = mailer.send(new Mailer.Message(signUp.email(), SUBJECT, text));
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("to", signUp.email())
            .put("template", "welcome")
            .put("message_id", messageId)
            .put("user_id", signUp.userId())
            .put("subject", SUBJECT);
    return new Outcome.Done(
        List.of(event.answer(name, "email.sent", data, clock.instant())),
        "sent the welcome e-mail");
  }
}
