package agentpost.leads;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.mail.Mailer;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Writes to qualified leads, and to users whose trial is about to end; says so with {@code
 * email.sent}.
 */
final class FollowUpAgent implements Agent {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private final AgentName name;
  private final Mailer mailer;
  private final Clock clock;

  FollowUpAgent(AgentName name, Mailer mailer, Clock clock) {
    this.name = name;
    this.mailer = mailer;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    return switch (event.type()) {
      case "lead.qualified" -> introduce(event);
      case "trial.ending" -> remind(event);
      default -> new Outcome.Refused("this agent does not know " + event.type());
    };
  }

  private Outcome introduce(Event event) {
    Lead lead = Lead.of(event);
    String text =
        lead.salutation()
            + ",\n\n"
            + "thank you for your interest. We are finding a time for a demo and will write when it"
            + " is set.\n"
            + "Answer this message if you have questions before.\n";
    return sendMail(
        event,
        "introduction",
        new Mailer.Message(lead.email(), "Your demo", text),
        JsonNodeFactory.instance.objectNode());
  }

  private Outcome remind(Event event) {
    String email = event.data().path("email").asText("");
    if (email.isEmpty()) {
      return new Outcome.Done(List.of(), "the event carries no address to write to");
    }
    String day = DAY.format(event.time("ends_at"));
    String plan = event.data().path("plan").asText().replace('_', ' ');
    String text =
        "Hello,\n\nyour "
            + plan
            + " ends on "
            + day
            + " (UTC). Choose a plan before then and everything stays as it is.\n";
    ObjectNode user =
        JsonNodeFactory.instance.objectNode().put("user_id", event.data().path("user_id").asText());
    return sendMail(
        event, "trial-ending", new Mailer.Message(email, "Your trial ends on " + day, text), user);
  }

  private Outcome sendMail(Event event, String template, Mailer.Message message, ObjectNode data) {
    String messageId = mailer.send(message);
    data.put("to", message.to())
        .put("template", template)
        .put("message_id", messageId)
        .put("subject", message.subject());
    return new Outcome.Done(
        List.of(event.answer(name, "email.sent", data, clock.instant())),
        "sent the e-mail " + template);
  }
}
