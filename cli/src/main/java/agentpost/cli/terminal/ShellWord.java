package agentpost.cli.terminal;

import java.util.regex.Pattern;

/** A text as a shell takes it for one word. */
public final class ShellWord {
  /** What a shell takes as it is. */
  private static final Pattern PLAIN_WORD = Pattern.compile("[\\w@%+=:,./-]+");

  private ShellWord() {}

  public static String quote(String word) {
    return PLAIN_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
