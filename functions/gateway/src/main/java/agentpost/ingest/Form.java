package agentpost.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A body of {@code application/x-www-form-urlencoded} as an object of texts; a name that is there
 * several times has a list of them.
 */
final class Form {
  /** More than any webhook has. */
  static final int MAX_PARAMETERS = 1000;

  private Form() {}

  /** What came of reading it. */
  sealed interface Parsed {
    record Read(ObjectNode payload) implements Parsed {}

    /**
     * @param why nothing of the body is in it
     */
    record NoForm(String why) implements Parsed {}
  }

  /** Counted where it lies, before anything is made of it. */
  static boolean hasTooMany(byte[] body) {
    int borders = 0;
    for (byte character : body) {
      if (character == '&') {
        borders++;
      }
    }
    return borders >= MAX_PARAMETERS;
  }

  static Parsed parse(byte[] body) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    if (hasTooMany(body)) {
      return new Parsed.NoForm("the form has more than " + MAX_PARAMETERS + " parameters");
    }
    try {
      for (String parameter : new String(body, ISO_8859_1).split("&")) {
        if (!parameter.isEmpty()) {
          int equals = parameter.indexOf('=');
          String name = decode(equals < 0 ? parameter : parameter.substring(0, equals));
          values
              .computeIfAbsent(name, _ -> new ArrayList<>())
              .add(equals < 0 ? "" : decode(parameter.substring(equals + 1)));
        }
      }
    } catch (IllegalArgumentException | CharacterCodingException _) {
      // The decoders' messages quote the body.
      return new Parsed.NoForm(
          "the body is not a form: a percent sign must have two hex digits after it, and what is"
              + " decoded must be UTF-8");
    }
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    values.forEach(
        (name, all) -> {
          if (all.size() == 1) {
            payload.put(name, all.getFirst());
          } else {
            ArrayNode list = payload.putArray(name);
            all.forEach(list::add);
          }
        });
    return new Parsed.Read(payload);
  }

  /** To bytes first, for the decoder that makes text at once mends what is not UTF-8. */
  private static String decode(String text) throws CharacterCodingException {
    return UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(URLDecoder.decode(text, ISO_8859_1).getBytes(ISO_8859_1)))
        .toString();
  }
}
