package agentpost.cli.docs;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A piece of HTML. Whatever text comes into one is escaped, for it may be anybody's. */
record Html(String markup) {
  static Html text(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            each -> {
              switch (each) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(each);
              }
            });
    return new Html(out.toString());
  }

  /**
   * @param name and attributes are this program's own
   */
  static Html element(String name, Map<String, String> attributes, Html... children) {
    String given =
        attributes.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(each -> " " + each.getKey() + "=\"" + text(each.getValue()).markup() + "\"")
            .collect(Collectors.joining());
    return new Html("<" + name + given + ">" + all(List.of(children)).markup() + "</" + name + ">");
  }

  static Html element(String name, Html... children) {
    return element(name, Map.of(), children);
  }

  static Html element(String name, String text) {
    return element(name, text(text));
  }

  static Html link(String to, String text) {
    return element("a", Map.of("href", to), text(text));
  }

  static Html code(String text) {
    return element("code", text);
  }

  /** What keyboards can scroll. */
  static Html listing(String label, String text) {
    return element(
        "pre", Map.of("tabindex", "0", "role", "region", "aria-label", label), code(text));
  }

  static Html all(List<Html> parts) {
    return new Html(parts.stream().map(Html::markup).collect(Collectors.joining("\n")));
  }

  static Html items(Stream<Html> items) {
    return element("ul", all(items.map(each -> element("li", each)).toList()));
  }
}
