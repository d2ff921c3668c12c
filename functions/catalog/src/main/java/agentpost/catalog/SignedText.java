package agentpost.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What a provider signs: the body with text around it, in which <code>{timestamp}</code> stands for
 * the timestamp header's value.
 *
 * @param before the body
 * @param after the body
 */
public record SignedText(String before, String after) {
  private static final String BODY = "{body}";
  private static final String TIMESTAMP = "{timestamp}";
  private static final int MAX_LENGTH = 200;
  public static final SignedText BODY_ALONE = new SignedText("", "");

  public SignedText {
    if ((before + after).replace(TIMESTAMP, "").matches("(?s).*[{}].*")) {
      throw new IllegalArgumentException(
          "What is signed may have " + BODY + " once, and " + TIMESTAMP + ", and no other braces");
    }
  }

  /** Whether {@link #of} reads it, and it is no longer than any provider needs. */
  public static boolean isTemplate(String text) {
    return text.length() <= MAX_LENGTH
        && text.indexOf(BODY) >= 0
        && text.replaceFirst("\\{body}", "").replace(TIMESTAMP, "").matches("[^{}]*");
  }

  /** Reads for example <code>v0:{timestamp}:{body}</code>. */
  public static SignedText of(String template) {
    int body = template.indexOf(BODY);
    if (body < 0) {
      // A signature that does not cover the body proves nothing of it.
      throw new IllegalArgumentException("What is signed must have " + BODY + " in it");
    }
    return new SignedText(template.substring(0, body), template.substring(body + BODY.length()));
  }

  /** As the catalog writes it. */
  public String template() {
    return before + BODY + after;
  }

  public boolean hasTimestamp() {
    return before.contains(TIMESTAMP) || after.contains(TIMESTAMP);
  }

  public byte[][] parts(String timestamp, byte[] body) {
    return new byte[][] {
      before.replace(TIMESTAMP, timestamp).getBytes(UTF_8),
      body,
      after.replace(TIMESTAMP, timestamp).getBytes(UTF_8)
    };
  }
}
