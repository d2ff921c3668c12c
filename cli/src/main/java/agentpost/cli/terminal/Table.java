package agentpost.cli.terminal;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rows whose columns stand below each other. What does not fit into a line goes on in the next one,
 * column by column; the last column is broken between words.
 *
 * @param widths of the columns, the last one's the least that it needs; a negative one is for
 *     numbers, which end below each other
 */
public record Table(Display display, List<Integer> widths) {
  private static final String SEPARATOR = "  ";
  private static final int CONTINUED = 4;

  /**
   * @param name the longest that the first column has, or its heading
   */
  public static Table of(Display display, int name, Integer... others) {
    return new Table(display, Stream.concat(Stream.of(name), Stream.of(others)).toList());
  }

  /** Whether a row of short texts is one line. */
  public boolean fits() {
    int separators = SEPARATOR.length() * (widths.size() - 1);
    return widths.stream().mapToInt(Math::abs).sum() + separators <= display.columns();
  }

  /** One row, on as many lines as it needs, without the last line's end. */
  public String row(String... cells) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (int i = 0; i < cells.length; i++) {
      int width = Math.abs(widths.get(i));
      String cell = PlainWriter.line(cells[i]);
      if (cell.isEmpty() && i == cells.length - 1) {
        break;
      }
      if (i > 0 && at + (long) SEPARATOR.length() + width > display.columns()) {
        out.append('\n').append(" ".repeat(CONTINUED));
        at = CONTINUED;
      } else if (i > 0) {
        out.append(SEPARATOR);
        at += SEPARATOR.length();
      }
      if (i == cells.length - 1) {
        out.append(
            widths.get(i) < 0 ? pad(cell, widths.get(i)) : display.wrap(cell, at, " ".repeat(at)));
      } else {
        out.append(pad(cell, widths.get(i)));
        at += Math.max(width, cell.codePointCount(0, cell.length()));
      }
    }
    return out.toString().lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
  }

  private static String pad(String cell, int width) {
    String blank = " ".repeat(Math.max(0, Math.abs(width) - cell.codePointCount(0, cell.length())));
    return width < 0 ? blank + cell : cell + blank;
  }
}
