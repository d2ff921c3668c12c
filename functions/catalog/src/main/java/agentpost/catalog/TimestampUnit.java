package agentpost.catalog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** How a signed time is written. */
public enum TimestampUnit {
  SECONDS("whole seconds since 1970, in at most 12 digits") {
    @Override
    public Optional<Instant> read(String text) {
      return DIGITS_12.matcher(text).matches()
          ? Optional.of(Instant.ofEpochSecond(Long.parseLong(text)))
          : Optional.empty();
    }

    @Override
    public String write(Instant time) {
      return Long.toString(time.getEpochSecond());
    }
  },
  /** As HubSpot and Webflow have it. */
  MILLISECONDS("whole milliseconds since 1970, in at most 15 digits") {
    @Override
    public Optional<Instant> read(String text) {
      return DIGITS_15.matcher(text).matches()
          ? Optional.of(Instant.ofEpochMilli(Long.parseLong(text)))
          : Optional.empty();
    }

    @Override
    public String write(Instant time) {
      return Long.toString(time.toEpochMilli());
    }
  },
  /**
   * RFC 3339's part of ISO 8601, with or without a colon in the offset: as Twitch and PayPal have
   * it.
   */
  ISO8601("a time of ISO 8601 with its offset, such as 2026-03-31T10:30:00Z") {
    @Override
    public Optional<Instant> read(String text) {
      if (text.length() > MAX_LENGTH) {
        return Optional.empty();
      }
      try {
        return Optional.of(OffsetDateTime.parse(text, TIME).toInstant());
      } catch (DateTimeException _) {
        // The parser has no other way to say that the text is not one of its.
        return Optional.empty();
      }
    }

    @Override
    public String write(Instant time) {
      return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  };

  private static final Pattern DIGITS_12 = Pattern.compile("[0-9]{1,12}");
  private static final Pattern DIGITS_15 = Pattern.compile("[0-9]{1,15}");
  private static final int MAX_LENGTH = 40;
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .appendPattern("[XXX][XX][X]")
          .toFormatter();

  private final String shape;

  TimestampUnit(String shape) {
    this.shape = shape;
  }

  /** For whoever wrote another one. */
  public String shape() {
    return shape;
  }

  /** The moment, or nothing if the text is not one of this unit. */
  public abstract Optional<Instant> read(String text);

  public abstract String write(Instant time);
}
