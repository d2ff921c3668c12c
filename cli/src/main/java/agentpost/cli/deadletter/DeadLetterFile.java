package agentpost.cli.deadletter;

import agentpost.cli.terminal.CommandFailure;
import agentpost.deadletter.DeadLetter;
import agentpost.schemas.IdText;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Dead letters as JSON that can be mended, the same wherever it is written: a list of objects, each
 * laid out over lines. Read are such lists, and objects one after the other, as {@code jq} writes
 * them and the bucket of discarded letters has one. Only the message id and the envelope are read
 * again; the rest tells why it is there.
 */
final class DeadLetterFile {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private DeadLetterFile() {}

  /**
   * One event of a file.
   *
   * @param envelope on one line
   * @param lines of the file, by JSON Pointer into the envelope
   */
  record Entry(int line, Optional<String> messageId, String envelope, Map<String, Integer> lines) {
    /** Where in the file that is, or what it is in. */
    int lineOf(String pointer) {
      for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
        Integer known = lines.get(at);
        if (known != null) {
          return known;
        }
      }
      return lines.getOrDefault("", line);
    }
  }

  /** Writes a list, letter by letter: a queue of them need not fit into memory. */
  static final class Writer implements AutoCloseable {
    private final PrintWriter out;
    private boolean isEmpty = true;

    Writer(PrintWriter out) {
      this.out = out;
      out.print('[');
    }

    void write(DeadLetter letter) {
      write(text(letter));
    }

    /**
     * @param text as {@link DeadLetterFile#text} has it
     */
    void write(String text) {
      out.print((isEmpty ? "\n" : ",\n") + text.stripTrailing());
      isEmpty = false;
    }

    @Override
    public void close() {
      out.print(isEmpty ? "]\n" : "\n]\n");
      out.flush();
    }
  }

  /** One letter, with the line's end. */
  static String text(DeadLetter letter) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JsonText.forPeople(out)) {
      json.writeStartObject();
      json.writeStringField("message_id", letter.messageId());
      json.writeStringField("event_id", letter.eventId());
      json.writeStringField("event_type", letter.eventType());
      json.writeStringField("sent_at", letter.sentAt().toString());
      json.writeNumberField("attempts", letter.attempts() + 1L);
      json.writeNumberField("receive_count", letter.receiveCount());
      json.writeStringField("reason", letter.code());
      json.writeStringField("message", letter.message());
      if (letter.exhausted().isPresent()) {
        json.writeStringField("exhausted", letter.exhausted().get());
      }
      if (letter.lastAnswer().status().isPresent()) {
        json.writeNumberField("status", letter.lastAnswer().status().getAsInt());
      }
      if (letter.lastAnswer().problem().isPresent()) {
        json.writeStringField("problem", letter.lastAnswer().problem().get());
      }
      if (letter.envelope().isPresent()) {
        json.writeFieldName("envelope");
        JsonText.write(letter.envelope().get(), json);
      } else {
        json.writeStringField("body", letter.body());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.append('\n').toString();
  }

  /**
   * @param name of the file, for messages
   * @throws CommandFailure naming the line of what cannot be read
   */
  static List<Entry> read(String name, String text) {
    List<Entry> entries = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(text)) {
      boolean isInList = false;
      while (parser.nextToken() != null) {
        int line = parser.currentTokenLocation().getLineNr();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
          entries.add(entry(name, text, parser, line));
        } else if (isInList
            ? parser.currentToken() == JsonToken.END_ARRAY
            : parser.currentToken() == JsonToken.START_ARRAY) {
          isInList = !isInList;
        } else {
          throw new CommandFailure(
              name + ", line " + line + ": an object is expected, as dlq export writes it");
        }
      }
      return entries;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new CommandFailure(
          name + ", line " + line + ": this is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Entry entry(String name, String text, JsonParser parser, int line)
      throws IOException {
    Map<String, Integer> lines = new HashMap<>();
    Optional<String> messageId = Optional.empty();
    int from = offset(parser);
    int to = -1;
    boolean isEnvelope = true;
    JsonStreamContext around = parser.getParsingContext().getParent();
    int base = around.inRoot() ? 0 : around.pathAsPointer().toString().length();
    while (parser.nextToken() != JsonToken.END_OBJECT || parser.getParsingContext() != around) {
      String pointer = parser.getParsingContext().pathAsPointer().toString().substring(base);
      if (parser.currentToken() != JsonToken.FIELD_NAME) {
        lines.putIfAbsent(pointer, parser.currentTokenLocation().getLineNr());
      }
      if (pointer.equals("/message_id") && parser.currentToken() != JsonToken.FIELD_NAME) {
        messageId = Optional.of(messageId(name, parser));
      } else if (pointer.equals("/envelope") && parser.currentToken() == JsonToken.START_OBJECT) {
        from = offset(parser);
        isEnvelope = false;
      } else if (pointer.equals("/envelope") && parser.currentToken() == JsonToken.END_OBJECT) {
        to = offset(parser) + 1;
      }
    }
    // A letter has both ids; one without an envelope is a message that is no event.
    if (isEnvelope && (!lines.containsKey("/event_id") || messageId.isPresent())) {
      throw new CommandFailure(
          name
              + ", line "
              + line
              + ": there is no envelope; a message that is not an event cannot be redelivered");
    }
    return isEnvelope
        ? new Entry(
            line,
            Optional.empty(),
            JsonText.toCompact(text.substring(from, offset(parser) + 1)),
            lines)
        : new Entry(
            line,
            messageId,
            JsonText.toCompact(text.substring(from, to)),
            linesWithin("/envelope", lines));
  }

  /** Taken for absent, an id that is none would leave the letter where it is. */
  private static String messageId(String name, JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING || !IdText.isId(parser.getText())) {
      throw new CommandFailure(
          name
              + ", line "
              + parser.currentTokenLocation().getLineNr()
              + ": message_id must be the letter's; omit it for an event without a letter");
    }
    return parser.getText();
  }

  private static int offset(JsonParser parser) {
    return (int) parser.currentTokenLocation().getCharOffset();
  }

  private static Map<String, Integer> linesWithin(String prefix, Map<String, Integer> lines) {
    Map<String, Integer> within = new HashMap<>();
    lines.forEach(
        (pointer, line) -> {
          if (pointer.equals(prefix) || pointer.startsWith(prefix + "/")) {
            within.put(pointer.substring(prefix.length()), line);
          }
        });
    return within;
  }
}
