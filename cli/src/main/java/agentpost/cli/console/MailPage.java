package agentpost.cli.console;

import agentpost.local.LocalCloud;
import agentpost.local.email.Outbox;
import java.util.List;
import java.util.Map;

/** Mail that agents sent; it stays here. */
final class MailPage {
  private static final int MAX_SHOWN = 100;

  private final LocalCloud cloud;

  MailPage(LocalCloud cloud) {
    this.cloud = cloud;
  }

  /**
   * @param anchor for its HTML, so that an update leaves it open
   */
  record Row(String anchor, String from, String to, String subject, String text, String html) {
    private static Row of(Outbox.Mail mail) {
      return new Row(
          "mail-" + mail.id(), mail.from(), mail.to(), mail.subject(), mail.text(), mail.html());
    }
  }

  View list(PageRequest page) {
    List<Outbox.Mail> all = cloud.outbox().reversed();
    return new View.Html(
        "mail",
        "Mail",
        "mail",
        Map.of(
            "rows", all.stream().limit(MAX_SHOWN).map(Row::of).toList(),
            "empty", all.isEmpty(),
            "more", all.size() > MAX_SHOWN ? Integer.toString(all.size() - MAX_SHOWN) : ""));
  }
}
