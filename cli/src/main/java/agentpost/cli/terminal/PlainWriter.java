package agentpost.cli.terminal;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Output that cannot drive the terminal it may be shown on. Much of what is printed others wrote:
 * an agent's problem, an event's type, a message in a queue. A control character in it would move
 * the cursor, rename the window or type a command; a mark of direction would show text in another
 * order. So all but line ends and tabs are written as JSON escapes them, which in JSON means the
 * same. What this program itself has to say to a terminal goes to {@link #unwrap}.
 */
public final class PlainWriter extends PrintWriter {
  private final PrintWriter terminal;
  private final Display display;

  private PlainWriter(PrintWriter terminal, Display display) {
    super(terminal, true);
    this.terminal = terminal;
    this.display = display;
  }

  public static PlainWriter wrap(PrintWriter out) {
    return wrap(out, Display.FILE);
  }

  public static PlainWriter wrap(PrintWriter out, Display display) {
    return out instanceof PlainWriter plain ? plain : new PlainWriter(out, display);
  }

  public static Display display(PrintWriter out) {
    return out instanceof PlainWriter plain ? plain.display : Display.FILE;
  }

  /**
   * A sentence for people, broken between words where the terminal ends. What programs read goes to
   * {@link #println}.
   */
  public static void say(PrintWriter out, String sentence) {
    out.println(display(out).wrap(sentence, "  "));
    out.flush();
  }

  /**
   * The writer beneath, for colours and the cursor; text from elsewhere goes through {@link
   * #toPlain} first.
   */
  public static PrintWriter unwrap(PrintWriter out) {
    return out instanceof PlainWriter plain ? plain.terminal : out;
  }

  /** Any text as it can be shown. */
  static String toPlain(String text) {
    return escape(text, "\n\t");
  }

  /**
   * A text that someone else wrote, as it can stand in a line: it cannot begin another one and pass
   * for ours.
   */
  public static String line(String text) {
    return escape(text, "");
  }

  private static String escape(String text, String allowed) {
    if (text.chars().noneMatch(c -> isCommand(c) && allowed.indexOf(c) < 0)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.chars()
        .forEach(
            c -> {
              if (isCommand(c) && allowed.indexOf(c) < 0) {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                out.append((char) c);
              }
            });
    return out.toString();
  }

  /**
   * C0 and C1 controls, line and paragraph separators, and marks of direction (Unicode TR 36,
   * "Bidirectional Text Spoofing").
   */
  private static boolean isCommand(int c) {
    return Character.isISOControl(c)
        || c == 0x2028
        || c == 0x2029
        || c == 0x061c
        || c == 0x200e
        || c == 0x200f
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }

  @Override
  public void write(String text, int from, int length) {
    String plain = toPlain(text.substring(from, from + length));
    super.write(plain, 0, plain.length());
  }

  @Override
  public void write(char[] text, int from, int length) {
    String plain = toPlain(new String(text, from, length));
    super.write(plain, 0, plain.length());
  }

  @Override
  public void write(int c) {
    write(String.valueOf((char) c), 0, 1);
  }
}
