package agentpost.local.eventbridge.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** As much of an answer's body as an error message has room for, in characters that SQS takes. */
public final class ErrorExcerpt {
  /**
   * A message of SQS has 1 MiB for its body and attributes together; an event may need nearly all
   * of it.
   */
  public static final int MAX_CHARACTERS = 1024;

  /** Enough for that many characters of UTF-8, and of a compressed body. */
  public static final int MAX_BYTES = 4 * MAX_CHARACTERS;

  private ErrorExcerpt() {}

  /**
   * @param encoding the answer's {@code Content-Encoding}, empty if it has none
   */
  public static String of(byte[] firstBytes, String encoding) {
    return clean(new String(decode(firstBytes, encoding.strip().toLowerCase(Locale.ROOT)), UTF_8));
  }

  private static byte[] decode(byte[] bytes, String encoding) {
    byte[] out = new byte[MAX_BYTES];
    int length = 0;
    try (InputStream in =
        switch (encoding) {
          case "gzip" -> new GZIPInputStream(new ByteArrayInputStream(bytes));
          case "deflate" -> new InflaterInputStream(new ByteArrayInputStream(bytes));
          default -> new ByteArrayInputStream(bytes);
        }) {
      for (int read = 0;
          read >= 0 && length < out.length;
          read = in.read(out, length, out.length - length)) {
        length += read;
      }
    } catch (IOException e) {
      // Only its beginning was kept, or it is not what it says it is: what could be read stands.
      return length == 0
          ? ("(a body in " + encoding + " that cannot be read)").getBytes(UTF_8)
          : Arrays.copyOf(out, length);
    }
    return Arrays.copyOf(out, length);
  }

  /**
   * The text's beginning; what XML 1.0 does not allow, and so SQS refuses, becomes a question mark.
   */
  public static String clean(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .limit(MAX_CHARACTERS)
        .map(c -> isAllowed(c) ? c : '?')
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  /**
   * JSON in characters that SQS takes. Those it refuses can only stand inside JSON's strings, where
   * an escape means the same.
   */
  public static String escape(String json) {
    if (json.codePoints().allMatch(ErrorExcerpt::isAllowed)) {
      return json;
    }
    StringBuilder out = new StringBuilder();
    json.codePoints()
        .forEach(
            c -> {
              if (isAllowed(c)) {
                out.appendCodePoint(c);
              } else {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
              }
            });
    return out.toString();
  }

  private static boolean isAllowed(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
