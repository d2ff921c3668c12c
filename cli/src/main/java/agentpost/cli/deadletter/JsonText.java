package agentpost.cli.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * JSON laid out anew, token by token: a number keeps its digits, an object its order, a key its
 * double.
 */
final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonText() {}

  /** On one line. */
  static String toCompact(String json) {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      write(json, generator);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  /** A generator that lays out for people's eyes and editors. */
  static JsonGenerator forPeople(StringWriter out) throws IOException {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    return FACTORY
        .createGenerator(out)
        .setPrettyPrinter(
            new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines));
  }

  static void write(String json, JsonGenerator to) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        switch (token) {
          case START_OBJECT -> to.writeStartObject();
          case END_OBJECT -> to.writeEndObject();
          case START_ARRAY -> to.writeStartArray();
          case END_ARRAY -> to.writeEndArray();
          case FIELD_NAME -> to.writeFieldName(parser.currentName());
          case VALUE_STRING -> to.writeString(parser.getText());
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> to.writeNumber(parser.getText());
          case VALUE_TRUE, VALUE_FALSE -> to.writeBoolean(token == JsonToken.VALUE_TRUE);
          case VALUE_NULL -> to.writeNull();
          case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
              throw new IllegalStateException("A text has no " + token);
        }
      }
    }
  }
}
