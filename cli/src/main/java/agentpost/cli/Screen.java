package agentpost.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Help.Ansi;

/** Lines for people: a label, then text; in colour on a terminal, plain in a pipe. Safe from any thread: a line is never torn. */
final class Screen {
  /** A colour by what it means; the text says the same, so nothing is lost without it. */
  enum Tone {
    PLAIN(""),
    GOOD("fg(green)"),
    BAD("fg(red)"),
    WAIT("fg(yellow)"),
    FAINT("faint");

    private final String style;

    Tone(String style) {
      this.style = style;
    }
  }

  private static final int LABEL_WIDTH = 13;
  private final PrintWriter out;
  private final Ansi ansi;

  Screen(PrintWriter out, Ansi ansi) {
    this.out = out;
    this.ansi = ansi;
  }

  void title(String text) {
    write(styled("bold", text));
  }

  void line(String label, Tone tone, String text) {
    String padded = label.length() < LABEL_WIDTH ? label + " ".repeat(LABEL_WIDTH - label.length()) : label + " ";
    write("  " + styled("bold", padded) + (tone.style.isEmpty() ? text : styled(tone.style, text)));
  }

  void blank() {
    write("");
  }

  /** Wraps the text in the style; the text itself is never read as markup, whatever an event or an agent put into it. */
  private String styled(String style, String text) {
    if (!ansi.enabled()) {
      return text;
    }
    return Ansi.Style.on(Ansi.Style.parse(style)) + text + Ansi.Style.off(Ansi.Style.parse(style));
  }

  private synchronized void write(String line) {
    out.println(line);
    out.flush();
  }
}
