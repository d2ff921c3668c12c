package agentpost.cli;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** Lines that begin with a label in a column of its own; the label has colour where the output is a terminal. */
record Screen(PrintWriter out) {
  /** @param colour a style of picocli's, or nothing */
  void say(String colour, String label, String text) {
    String column = String.format(Locale.ROOT, "%-11s", label);
    PlainWriter.raw(out).println((colour.isEmpty() ? column : Ansi.AUTO.string("@|" + colour + " " + column + "|@")) + "  " + PlainWriter.line(text));
    out.flush();
  }
}
