package agentpost.signing;

import java.util.Map;

/**
 * A secret's text without what consoles, editors and web pages leave around it: white space of any
 * kind, line ends, control characters, a byte order mark. No provider's secret begins or ends with
 * any of these, and one that keeps them verifies nothing, for ever.
 */
public final class SecretText {
  private static final char BYTE_ORDER_MARK = '\ufeff';
  private static final char ZERO_WIDTH_SPACE = '\u200b';

  private SecretText() {}

  public static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isAround(text.charAt(from))) {
      from++;
    }
    while (from < to && isAround(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isAround(char c) {
    // A no-break space is a space character and, to Java, no white space.
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.isISOControl(c)
        || c == BYTE_ORDER_MARK
        || c == ZERO_WIDTH_SPACE;
  }

  /**
   * The same without the version that some senders of Standard Webhooks write before a key, as in
   * {@code v1,whsec_…} and {@code v1a,whpk_…}.
   */
  static String ofStandardKey(String text) {
    String key = strip(text);
    return SignatureScheme.all().stream()
        .filter(scheme -> key.startsWith(scheme.version() + ","))
        .map(scheme -> Map.entry(scheme, key.substring(scheme.version().length() + 1)))
        .filter(one -> one.getKey().isKey(one.getValue()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(key);
  }
}
