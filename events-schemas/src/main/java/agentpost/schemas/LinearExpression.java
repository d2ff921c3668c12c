package agentpost.schemas;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.regex.RegularExpression;

/**
 * A schema's {@code pattern}, matched by RE2/J in time that grows with the text and on a stack that
 * does not: java.util.regex goes a frame deeper for each repeat of a group and overflows at some
 * five thousand. What RE2 cannot express, such as a look-ahead or a back-reference, is refused when
 * the schema is loaded (github.com/google/re2/wiki/Syntax).
 */
final class LinearExpression {
  private static final String NOT_BLANK = "\\S";

  private LinearExpression() {}

  /**
   * Whether it asks for a text that is not blank, as {@link IdText} has it; RE2's white space is
   * ASCII's.
   */
  static boolean isNotBlank(String regex) {
    return regex.equals(NOT_BLANK);
  }

  /**
   * @throws IllegalArgumentException if it is no pattern that a schema may have
   */
  static RegularExpression of(String regex) {
    if (isNotBlank(regex)) {
      return text -> !IdText.isBlank(text);
    }
    try {
      Pattern pattern = Pattern.compile(regex);
      return text -> pattern.matcher(text).find();
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "The pattern "
              + regex
              + " cannot be matched in linear time: "
              + e.getDescription()
              + "; write one that RE2 knows",
          e);
    }
  }
}
