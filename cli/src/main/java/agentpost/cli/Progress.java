package agentpost.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** How far something is. On a terminal one line that is written over; elsewhere a line for every further tenth. */
final class Progress {
  private static final int WIDTH = 24;

  private final PrintWriter out;
  private final boolean isTerminal;
  private int tenths = -1;
  private boolean isShown;

  Progress(PrintWriter out, boolean isTerminal) {
    this.out = out;
    this.isTerminal = isTerminal;
  }

  static Progress on(PrintWriter out) {
    return new Progress(out, Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
  }

  boolean isTerminal() {
    return isTerminal;
  }

  /** @param part 0 to 1 */
  synchronized void at(double part, String text) {
    double shown = Math.clamp(part, 0, 1);
    String line = String.format(Locale.ROOT, "%3d %%  %s", (int) (shown * 100), text);
    if (isTerminal) {
      int full = (int) (shown * WIDTH);
      PlainWriter.raw(out).print("\r\033[K[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "] " + PlainWriter.line(line));
      out.flush();
      isShown = true;
    } else if ((int) (shown * 10) > tenths) {
      tenths = (int) (shown * 10);
      out.println(line);
      out.flush();
    }
  }

  /** A line that stays. */
  synchronized void say(String line) {
    end();
    out.println(PlainWriter.line(line));
    out.flush();
  }

  /** Leaves the terminal's line free. */
  synchronized void end() {
    if (isShown) {
      PlainWriter.raw(out).print("\r\033[K");
      out.flush();
      isShown = false;
    }
  }
}
