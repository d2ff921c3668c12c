package agentpost.cli.terminal;

import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import picocli.CommandLine.Help.Ansi;

/**
 * What an output leads to.
 *
 * @param columns that a line has; {@link #UNBOUNDED} where nobody breaks lines, as in a file
 * @param movesCursor whether a line can be written over
 */
public record Display(int columns, boolean movesCursor, Ansi ansi) {
  public static final int UNBOUNDED = Integer.MAX_VALUE;
  public static final Display FILE = new Display(UNBOUNDED, false, Ansi.OFF);

  static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final int DEFAULT_COLUMNS = 80;
  private static final int MIN_COLUMNS = 20;

  /** Names of options take half of it. */
  private static final int MIN_HELP_COLUMNS = 55;

  /** Longer lines are hard to read. */
  private static final int MAX_HELP_COLUMNS = 120;

  /**
   * Which of the two outputs are terminals, and how wide: the launcher says so, since the JDK knows
   * of both together only.
   */
  public static Display of(String output, Map<String, String> environment, Properties launcher) {
    boolean isTerminal =
        (" " + launcher.getProperty("agentpost.terminal", "") + " ").contains(" " + output + " ");
    // COLUMNS is the user's word (POSIX, "Environment Variables"), wherever the output goes.
    Optional<Integer> columns = columns(environment.getOrDefault("COLUMNS", ""));
    if (!isTerminal) {
      return new Display(columns.orElse(UNBOUNDED), false, Ansi.OFF);
    }
    boolean isDumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
    boolean hasColour = !isDumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Display(
        columns
            .or(() -> columns(launcher.getProperty("agentpost.columns", "")))
            .orElse(DEFAULT_COLUMNS),
        !isDumb,
        hasColour ? Ansi.ON : Ansi.OFF);
  }

  private static Optional<Integer> columns(String text) {
    return text.matches("[1-9][0-9]{0,3}")
        ? Optional.of(Math.max(MIN_COLUMNS, Integer.parseInt(text)))
        : Optional.empty();
  }

  int helpColumns() {
    return columns == UNBOUNDED
        ? DEFAULT_COLUMNS
        : Math.clamp(columns, MIN_HELP_COLUMNS, MAX_HELP_COLUMNS);
  }

  private static int width(String text) {
    String shown = text.indexOf('\u001b') < 0 ? text : COLOUR.matcher(text).replaceAll("");
    return shown.codePointCount(0, shown.length());
  }

  /**
   * A text that is broken between words where it would not fit; lines after the first begin with
   * the indent.
   */
  String wrap(String text, String indent) {
    return wrap(text, 0, indent);
  }

  /**
   * @param from the column in which its first line begins
   */
  public String wrap(String text, int from, String indent) {
    if (from + (long) text.length() <= columns && text.indexOf('\n') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 32);
    int at = from;
    boolean isFirst = true;
    for (String word : text.split("(?<=\\S) |(?=\n)|(?<=\n)", -1)) {
      if (word.equals("\n")) {
        out.append('\n');
        at = 0;
        isFirst = true;
        continue;
      }
      int length = width(word);
      if (!isFirst && at + 1L + length > columns) {
        String first = word.stripLeading();
        out.append('\n').append(indent).append(first);
        at = indent.length() + width(first);
        continue;
      }
      if (!isFirst) {
        out.append(' ');
        at++;
      }
      out.append(word);
      at += length;
      isFirst = false;
    }
    return out.toString();
  }
}
