package agentpost.platform;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Locale;

/**
 * A log line as it may stand in a log, whoever's text is in it. JSON has no raw line feed or escape
 * character, but lets stand what some viewers take for a line's end (U+2028, U+2029, U+0085), for a
 * command of a terminal (C1), or for a change of direction; they are written as JSON escapes.
 */
final class LogLine {
  /**
   * CloudWatch Logs and Lambda cut longer ones where it suits them, and half a line is not JSON.
   */
  static final int MAX_LENGTH = 200_000;

  private static final int MAX_EXCERPT = 2_000;

  private LogLine() {}

  static String toPlain(String line) {
    String whole = line.length() <= MAX_LENGTH ? line : shorten(line);
    if (whole.chars().noneMatch(LogLine::isCommand)) {
      return whole;
    }
    StringBuilder out = new StringBuilder(whole.length() + 16);
    whole
        .chars()
        .forEach(
            c -> {
              if (isCommand(c)) {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                out.append((char) c);
              }
            });
    return out.toString();
  }

  private static String shorten(String line) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("message", "a log line was too long")
        .put("characters", line.length())
        .put("begins", line.substring(0, MAX_EXCERPT))
        .toString();
  }

  private static boolean isCommand(int c) {
    return Character.isISOControl(c)
        || c == 0x2028
        || c == 0x2029
        || c == 0x061c
        || c == 0x200e
        || c == 0x200f
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }
}
