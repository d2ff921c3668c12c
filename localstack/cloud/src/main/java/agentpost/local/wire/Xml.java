package agentpost.local.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.function.Consumer;

/** A document as S3 and the Query protocol have them, element by element. */
public final class Xml {
  private final StringBuilder out;

  private Xml(StringBuilder out) {
    this.out = out;
  }

  /**
   * @param namespace empty for none
   */
  public static byte[] document(String root, String namespace, Consumer<Xml> content) {
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.append('<').append(root);
    out.append(namespace.isEmpty() ? ">" : " xmlns=\"" + namespace + "\">");
    content.accept(new Xml(out));
    return out.append("</").append(root).append('>').toString().getBytes(UTF_8);
  }

  /** The answer to an action of the Query protocol. */
  public static AwsResponse answer(String action, String namespace, Consumer<Xml> result) {
    return new AwsResponse(
        200,
        Map.of("Content-Type", "text/xml"),
        document(
            action + "Response",
            namespace,
            xml ->
                xml.element(action + "Result", result)
                    .element("ResponseMetadata", of -> of.text("RequestId", "0"))));
  }

  public Xml element(String name, Consumer<Xml> content) {
    out.append('<').append(name).append('>');
    content.accept(this);
    out.append("</").append(name).append('>');
    return this;
  }

  public Xml text(String name, String text) {
    return element(name, _ -> out.append(escape(text)));
  }

  /** What XML 1.0 has no way to write becomes a question mark. */
  public static String escape(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\r' -> out.append("&#13;");
                default ->
                    out.appendCodePoint(
                        c == '\t'
                                || c == '\n'
                                || (c >= 0x20 && c <= 0xD7FF)
                                || (c >= 0xE000 && c <= 0xFFFD)
                                || c >= 0x10000
                            ? c
                            : '?');
              }
            });
    return out.toString();
  }
}
