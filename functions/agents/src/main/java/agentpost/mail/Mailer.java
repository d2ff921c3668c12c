package agentpost.mail;

/** Sends one e-mail to one person. */
public interface Mailer {
  /**
   * @return the mail service's id of the message
   */
  String send(Message message);

  /** A plain-text message; the sender is the mailer's own. */
  record Message(String to, String subject, String text) {
    public Message {
      if (subject.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("A subject must be one line without control characters");
      }
    }
  }
}
