package agentpost.platform;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A failure as it may stand in a log line: where it arose, in bounded text without the secrets that
 * its messages may quote.
 */
public final class StackTrace {
  /** Well under a log line's bound, and some hundred frames. */
  static final int MAX_LENGTH = 12_000;

  /** Of one throwable; a stack that overflowed has a thousand, all alike. */
  static final int MAX_FRAMES = 40;

  private static final int MAX_LINE = 500;

  /**
   * Webhook secrets and signing keys, and what follows the name of an HTTP authentication scheme.
   */
  private static final Pattern SECRET =
      Pattern.compile("(wh(?:sec|sk)_|(?i:\\b(?:bearer|basic) ))[A-Za-z0-9+/=_.~-]+");

  private StackTrace() {}

  /** The class and message of a failure, on one line. */
  public static String headline(Throwable failure) {
    return line(failure.toString().replace('\n', ' ').replace('\r', ' '));
  }

  /**
   * The frames of a failure and of its causes, as {@link Throwable#printStackTrace()} prints them,
   * long runs of frames cut short.
   */
  public static String of(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    List<String> lines = new ArrayList<>();
    int frames = 0;
    int cut = 0;
    for (String line : text.toString().lines().toList()) {
      boolean isFrame = line.stripLeading().startsWith("at ");
      frames = isFrame ? frames + 1 : 0;
      if (frames > MAX_FRAMES) {
        cut++;
        continue;
      }
      if (cut > 0) {
        lines.add("\t... " + cut + " frames left out");
        cut = 0;
      }
      lines.add(line(line));
    }
    if (cut > 0) {
      lines.add("\t... " + cut + " frames left out");
    }
    String whole = String.join("\n", lines);
    return whole.length() <= MAX_LENGTH
        ? whole
        : whole.substring(0, whole.lastIndexOf('\n', MAX_LENGTH)) + "\n\t... cut here";
  }

  private static String line(String line) {
    String masked = SECRET.matcher(line).replaceAll("$1…");
    return masked.length() <= MAX_LINE ? masked : masked.substring(0, MAX_LINE) + "…";
  }
}
