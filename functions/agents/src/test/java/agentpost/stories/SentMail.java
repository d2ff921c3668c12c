package agentpost.stories;

import agentpost.mail.Mailer;
import java.util.ArrayList;
import java.util.List;

/** A mailer that keeps what it is to send. */
public final class SentMail implements Mailer {
  private final List<Message> messages = new ArrayList<>();

  @Override
  public String send(Message message) {
    messages.add(message);
    return "message-" + messages.size();
  }

  public Message only() {
    if (messages.size() != 1) {
      throw new AssertionError("Expected one e-mail, there are " + messages.size());
    }
    return messages.getFirst();
  }

  public List<Message> all() {
    return List.copyOf(messages);
  }
}
