package agentpost.cli.terminal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Help as picocli lays it out on lines without end, broken to the terminal's width between words.
 * picocli itself breaks lines wherever {@link java.text.BreakIterator} allows, which is after
 * hyphens and slashes too: in the middle of options and URLs.
 */
public final class HelpText {
  /** More than any line has. */
  public static final int WIDTH = 10_000;

  /**
   * What precedes the text of a synopsis, of an option's or a command's row, and of a line that
   * goes on.
   */
  private static final Pattern HEAD =
      Pattern.compile(
          "Usage: agentpost(?: [a-z][a-z-]*+)*+ (?=\\[|[A-Z(])|\\s*\\S(?:\\S| (?! ))*+ {2,}|\\s+");

  private HelpText() {}

  public static String wrap(String help, Display display) {
    Display narrow = new Display(display.helpColumns(), false, display.ansi());
    int examples = help.indexOf("\nExample:\n");
    // A command to copy stays as it is.
    String text = examples < 0 ? help : help.substring(0, examples);
    String broken =
        text.lines()
            .map(line -> breakLine(line, narrow))
            .collect(Collectors.joining("\n", "", "\n"));
    return broken + (examples < 0 ? "" : help.substring(examples + 1));
  }

  private static String breakLine(String line, Display display) {
    Matcher head = HEAD.matcher(Display.COLOUR.matcher(line).replaceAll(""));
    return display.wrap(line, " ".repeat(head.lookingAt() ? head.end() : 0));
  }
}
