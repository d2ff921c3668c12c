package agentpost.cli.terminal;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * How far something is. On a terminal one line that is written over; elsewhere a line for every
 * further tenth.
 */
public final class Progress {
  private static final int WIDTH = 24;

  private final PrintWriter out;
  private final boolean movesCursor;
  private int tenths = -1;
  private boolean isShown;

  public Progress(PrintWriter out, boolean movesCursor) {
    this.out = out;
    this.movesCursor = movesCursor;
  }

  public static Progress of(PrintWriter out) {
    return new Progress(out, PlainWriter.display(out).movesCursor());
  }

  public boolean isTerminal() {
    return movesCursor;
  }

  /**
   * @param part 0 to 1
   */
  public synchronized void report(double part, String text) {
    double shown = Math.clamp(part, 0, 1);
    String line = String.format(Locale.ROOT, "%3d %%  %s", (int) (shown * 100), text);
    if (movesCursor) {
      int full = (int) (shown * WIDTH);
      String bar =
          "[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "] " + PlainWriter.line(line);
      // A line that the terminal breaks cannot be written over.
      int most = Math.min(bar.length(), PlainWriter.display(out).columns() - 1);
      PlainWriter.unwrap(out).print("\r\033[K" + bar.substring(0, most));
      out.flush();
      isShown = true;
    } else if ((int) (shown * 10) > tenths) {
      tenths = (int) (shown * 10);
      out.println(line);
      out.flush();
    }
  }

  /** A line that stays. */
  public synchronized void say(String line) {
    end();
    PlainWriter.say(out, PlainWriter.line(line));
  }

  /** Leaves the terminal's line free. */
  public synchronized void end() {
    if (isShown) {
      PlainWriter.unwrap(out).print("\r\033[K");
      out.flush();
      isShown = false;
    }
  }
}
