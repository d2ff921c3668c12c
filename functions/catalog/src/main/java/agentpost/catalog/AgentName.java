package agentpost.catalog;

import java.util.regex.Pattern;

/**
 * A subscriber's name as the catalog has it: a lower-case letter, then lower-case letters, digits
 * and single hyphens; 1 to 40 characters.
 */
public record AgentName(String value) {
  /** Possessive, for a group that can be given back takes a frame of the stack for each repeat. */
  private static final Pattern FORM =
      Pattern.compile("(?=.{1,40}$)[a-z][a-z0-9]*+(?:-[a-z0-9]++)*+");

  public AgentName {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "An agent's name is a lower-case letter, then letters, digits and single hyphens, at most"
              + " 40 characters; got one of "
              + value.length()
              + " characters that is not");
    }
  }

  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
