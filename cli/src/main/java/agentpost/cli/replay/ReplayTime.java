package agentpost.cli.replay;

import agentpost.cli.terminal.LengthConverter;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** When what is to be replayed happened. */
final class ReplayTime {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Events from this time on, such as 2026-03-31T10:30:00Z.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Events before this time (default: now).")
  private @Nullable String to;

  @Option(
      names = "--last",
      paramLabel = "LENGTH",
      converter = LengthConverter.class,
      description =
          "Instead of --from and --to: events of the time until now, such as 90m, 36h or 7d.")
  private @Nullable Duration last;

  /**
   * In whole seconds, as events' times are on the bus.
   *
   * @param from inclusive
   * @param to exclusive
   */
  record Span(Instant from, Instant to) {
    /** How much of it has passed at a time in it, 0 to 1. */
    double part(Instant at) {
      return (double) Duration.between(from, at).toSeconds()
          / Duration.between(from, to).toSeconds();
    }
  }

  Span span(Instant now) {
    if ((from == null) == (last == null) || (to != null && last != null)) {
      throw badValue("Give either --from, and --to if it is not now, or --last");
    }
    Instant end = to == null ? now : time("--to", to);
    Span span =
        new Span(
            last == null
                ? time("--from", String.valueOf(from)).truncatedTo(ChronoUnit.SECONDS)
                : end.minus(last).truncatedTo(ChronoUnit.SECONDS),
            roundUp(end));
    if (!span.from().isBefore(span.to())) {
      throw badValue("Invalid value for option '--to': it must be later than --from");
    }
    // A second more than now is now, rounded up.
    if (span.to().isAfter(now.plusSeconds(1))) {
      throw badValue(
          "Invalid value for option '--to': it must not be later than now, which is "
              + now.truncatedTo(ChronoUnit.SECONDS));
    }
    return span;
  }

  private static Instant roundUp(Instant time) {
    Instant down = time.truncatedTo(ChronoUnit.SECONDS);
    return down.equals(time) ? down : down.plusSeconds(1);
  }

  private Instant time(String option, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw badValue(
          "Invalid value for option '" + option + "': it must be like 2026-03-31T10:30:00Z");
    }
  }

  private ParameterException badValue(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
