package agentpost.cli.terminal;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Lines that begin with a label in a column of its own; the label has colour where the output is a
 * terminal.
 */
public record LabelledLines(PrintWriter out) {
  private static final int LABEL = 11;
  private static final int MIN_COLUMNS = 20;
  private static final String SEPARATOR = "  ";

  /** What is left of the lines beside the labels. */
  public Display contentDisplay() {
    Display display = PlainWriter.display(out);
    int columns =
        display.columns() == Display.UNBOUNDED
            ? Display.UNBOUNDED
            : Math.max(MIN_COLUMNS, display.columns() - LABEL - SEPARATOR.length());
    return new Display(columns, false, display.ansi());
  }

  /**
   * @param colour a style of picocli's, or nothing
   */
  public void say(String colour, String label, String text) {
    String column = String.format(Locale.ROOT, "%-" + LABEL + "s", label);
    Display display = PlainWriter.display(out);
    int from = column.length() + SEPARATOR.length();
    String broken = display.wrap(PlainWriter.line(text), from, " ".repeat(from));
    PlainWriter.unwrap(out)
        .println(
            (colour.isEmpty() ? column : display.ansi().string("@|" + colour + " " + column + "|@"))
                + SEPARATOR
                + broken);
    out.flush();
  }
}
