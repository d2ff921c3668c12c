package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.DefaultCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pages' templates. Everything is escaped for HTML's text and quoted attributes; a name that
 * the model does not have is an error (ADR 33).
 */
final class Templates {
  private final Mustache.Compiler compiler =
      Mustache.compiler()
          .withCollector(new OptionalCollector())
          .withLoader(Templates::load)
          .strictSections(true)
          .emptyStringIsFalse(true);
  private final Map<String, Template> compiled = new ConcurrentHashMap<>();

  /** An empty {@code Optional} is as an empty list. */
  private static final class OptionalCollector extends DefaultCollector {
    @Override
    public Iterator<?> toIterator(Object value) {
      return value instanceof Optional<?> optional
          ? optional.stream().iterator()
          : super.toIterator(value);
    }
  }

  private static Reader load(String name) throws IOException {
    try (InputStream in = Templates.class.getResourceAsStream(name + ".html")) {
      if (in == null) {
        throw new IllegalArgumentException("There is no template " + name);
      }
      return new StringReader(new String(in.readAllBytes(), UTF_8));
    }
  }

  String render(String name, Map<String, ?> model) {
    return compiled.computeIfAbsent(name, compiler::loadTemplate).execute(model);
  }
}
