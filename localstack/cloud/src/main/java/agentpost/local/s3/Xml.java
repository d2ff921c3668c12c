package agentpost.local.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Consumer;

/** A document as S3 writes them, element by element. */
final class Xml {
  static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
  private final StringBuilder out =
      new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

  static byte[] document(String root, boolean hasNamespace, Consumer<Xml> content) {
    Xml xml = new Xml();
    xml.out.append('<').append(root).append(hasNamespace ? " xmlns=\"" + NAMESPACE + "\">" : ">");
    content.accept(xml);
    return xml.out.append("</").append(root).append('>').toString().getBytes(UTF_8);
  }

  Xml element(String name, Consumer<Xml> content) {
    out.append('<').append(name).append('>');
    content.accept(this);
    out.append("</").append(name).append('>');
    return this;
  }

  Xml text(String name, String text) {
    return element(
        name,
        _ ->
            text.codePoints()
                .forEach(
                    c -> {
                      switch (c) {
                        case '<' -> out.append("&lt;");
                        case '>' -> out.append("&gt;");
                        case '&' -> out.append("&amp;");
                        case '"' -> out.append("&quot;");
                        case '\r' -> out.append("&#13;");
                        default -> out.appendCodePoint(c);
                      }
                    }));
  }
}
