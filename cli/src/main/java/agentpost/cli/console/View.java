package agentpost.cli.console;

import java.util.Map;

/** What a page's handler answers with. */
sealed interface View {
  /**
   * @param template its name
   * @param section of the navigation; empty if the page belongs to none
   */
  record Html(int status, String template, String title, String section, Map<String, ?> model)
      implements View {
    Html(String template, String title, String section, Map<String, ?> model) {
      this(200, template, title, section, model);
    }
  }

  /** After a form was sent, so that a reload does not send it again. */
  record Redirect(String link) implements View {}

  static Html message(int status, String title, String text) {
    return new Html(status, "message", title, "", Map.of("text", text));
  }
}
