package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;

/** Every view's URL. */
final class Links {
  private Links() {}

  /**
   * @param namesAndValues of the query, in turn; an empty value is left out
   */
  static String to(String path, String... namesAndValues) {
    StringBuilder link = new StringBuilder(PageRequest.PREFIX).append(path);
    char before = '?';
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (!namesAndValues[i + 1].isEmpty()) {
        link.append(before)
            .append(namesAndValues[i])
            .append('=')
            .append(URLEncoder.encode(namesAndValues[i + 1], UTF_8));
        before = '&';
      }
    }
    return link.toString();
  }

  static String event(String id) {
    return to("event", "id", id);
  }
}
