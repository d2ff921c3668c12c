package agentpost.schemas;

/** Texts that say nothing: those in which the pattern {@code \S} finds nothing, by ECMA-262's white space, which is Unicode's. RE2's is ASCII's. */
public final class Blank {
  private Blank() {}

  public static boolean isBlank(String text) {
    return text.codePoints().allMatch(Blank::isSpace);
  }

  private static boolean isSpace(int character) {
    return (character >= '\t' && character <= '\r') || character == '\u2028' || character == '\u2029' || character == '\ufeff' || Character.getType(character) == Character.SPACE_SEPARATOR;
  }
}
