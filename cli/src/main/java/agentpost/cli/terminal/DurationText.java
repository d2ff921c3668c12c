package agentpost.cli.terminal;

import java.time.Duration;

/** A duration as tables have it. */
public final class DurationText {
  private DurationText() {}

  /** The two largest units, as in {@code 1 h 20 min}. */
  public static String of(Duration duration) {
    Duration length = duration.isNegative() ? Duration.ZERO : duration;
    if (length.toDays() > 0) {
      return length.toDays()
          + " d"
          + (length.toHoursPart() > 0 ? " " + length.toHoursPart() + " h" : "");
    }
    if (length.toHours() > 0) {
      return length.toHours()
          + " h"
          + (length.toMinutesPart() > 0 ? " " + length.toMinutesPart() + " min" : "");
    }
    if (length.toMinutes() > 0) {
      return length.toMinutes()
          + " min"
          + (length.toSecondsPart() > 0 ? " " + length.toSecondsPart() + " s" : "");
    }
    return length.toSeconds() + " s";
  }
}
