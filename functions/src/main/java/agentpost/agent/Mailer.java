package agentpost.agent;

/** Sends one e-mail to one person. */
interface Mailer {
  /** @return the mail service's id of the message */
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
