package agentpost.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259), the same everywhere: UTF-8, no duplicate keys, nothing after the value, no
 * half of a surrogate pair (RFC 7493, section 2.1), and numbers that are written again as they
 * were. What one reader takes and another refuses or changes is no public API.
 */
public final class Json {
  /** Deeper than any event needs to be, and shallow enough to walk without fear. */
  private static final int MAX_NESTING = 64;

  private static final int MAX_DIGITS = 100;

  /** Of UTF-8. */
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNumberLength(MAX_DIGITS)
                  .build())
          .build();

  private Json() {}

  /** What came of reading. */
  public sealed interface Parsed {
    record Read(JsonNode value) implements Parsed {}

    /**
     * @param why goes on from what was read, as in "the body " and this; nothing of its content is
     *     in it but places
     */
    record NotJson(String why) implements Parsed {}
  }

  /**
   * What others than agents send, without the byte order mark that some of them begin with: RFC
   * 8259, section 8.1, lets parsers skip it. An envelope has none, for a receiver that is strict
   * would not read what a lenient relay passes on.
   */
  public static byte[] withoutByteOrderMark(byte[] body) {
    int length = BYTE_ORDER_MARK.length;
    return body.length >= length && Arrays.equals(body, 0, length, BYTE_ORDER_MARK, 0, length)
        ? Arrays.copyOfRange(body, length, body.length)
        : body;
  }

  public static Parsed parse(byte[] utf8) {
    try {
      // Jackson mends malformed UTF-8 in places, and takes other encodings by their looks; a strict
      // decoder does not.
      return parse(UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
    } catch (CharacterCodingException e) {
      return new Parsed.NotJson("is not UTF-8");
    }
  }

  public static Parsed parse(String text) {
    if (text.startsWith("\ufeff")) {
      return new Parsed.NotJson("begins with a byte order mark, which it must not have");
    }
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        return new Parsed.NotJson("is empty, and so not JSON");
      }
      JsonNode value = JsonTree.read(parser, Json::requireWhole);
      return parser.nextToken() == null
          ? new Parsed.Read(value)
          : new Parsed.NotJson(
              "is not JSON: there is more after its end" + place(parser.currentTokenLocation()));
    } catch (HalfCharacterException e) {
      return new Parsed.NotJson("has half of a surrogate pair in a text or name");
    } catch (JsonProcessingException e) {
      // As DupDetector's users in Jackson's ReadContexts say it.
      boolean isTwice = e.getOriginalMessage().startsWith("Duplicate field");
      return new Parsed.NotJson(
          "is not JSON" + (isTwice ? ": a key is there twice" : "") + place(e.getLocation()));
    } catch (NumberFormatException e) {
      // Not wrapped by Jackson: an exponent of more digits than a BigDecimal has room for.
      return new Parsed.NotJson("has a number that is too large or too small");
    } catch (IOException e) {
      throw new UncheckedIOException("Text in memory cannot fail to be read", e);
    }
  }

  private static String requireWhole(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isHighSurrogate(text.charAt(i))
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new HalfCharacterException();
        }
        i++;
      }
    }
    return text;
  }

  private static String place(@Nullable JsonLocation at) {
    return at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
  }

  private static final class HalfCharacterException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
