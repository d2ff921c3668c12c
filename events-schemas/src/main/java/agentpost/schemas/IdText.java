package agentpost.schemas;

import com.google.re2j.Pattern;

/**
 * What an id may be, at every door and in every schema: a text with at least one character that can
 * be seen, and no control characters. Who reads a log or a table has to see which one it is. A text
 * without a character that can be seen is blank.
 *
 * <p>A character can be seen unless it is a control character (Cc), white space (Unicode's
 * White_Space), one that renderers leave out (Default_Ignorable_Code_Point of Unicode's
 * DerivedCoreProperties.txt: zero-width spaces, joiners, marks of direction, byte order marks,
 * tags, variation selectors) or one that is drawn as nothing (U+2800 BRAILLE PATTERN BLANK, U+1D159
 * MUSICAL SYMBOL NULL NOTEHEAD). That holds in all planes.
 */
public final class IdText {
  private static final String CONTROL = "\\x00-\\x1f\\x7f-\\x9f";

  /**
   * Literal characters, since no way to write one by its number is the same in ECMA-262, RE2, Java
   * and Python. Those beyond the first plane are one character each to RE2, Java and Python, and to
   * ECMA-262 with the flag {@code u}, which JSON Schema asks for (Core 2020-12, section 6.4).
   */
  private static final String UNSEEN =
      "\\x00-\\x20\\x7f-\\xa0\\xad\u034f\u061c\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f"
          + "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
          + "\ud82f\udca0-\ud82f\udca3\ud834\udd59\ud834\udd73-\ud834\udd7a\udb40\udc00-\udb43\udfff";

  /** The {@code pattern} of every id in the schemas. */
  static final String PATTERN = "^[^" + CONTROL + "]*[^" + UNSEEN + "][^" + CONTROL + "]*$";

  private static final Pattern ID = Pattern.compile(PATTERN);
  private static final Pattern SEEN = Pattern.compile("[^" + UNSEEN + "]");
  private static final Pattern CONTROLS = Pattern.compile("[" + CONTROL + "]");

  private IdText() {}

  public static boolean isId(String text) {
    return ID.matches(text);
  }

  public static boolean isBlank(String text) {
    return !SEEN.matcher(text).find();
  }

  /** For an id that is made of what others wrote: a space for each control character. */
  public static String withoutControls(String text) {
    return CONTROLS.matcher(text).replaceAll(" ");
  }
}
