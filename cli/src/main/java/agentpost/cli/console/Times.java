package agentpost.cli.console;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A time as pages have it: in UTC, until the page's script shows it in the reader's zone.
 *
 * @param iso for machines
 * @param utc for people
 */
record Times(String iso, String utc) {
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  static Times of(Instant at) {
    return new Times(at.toString(), UTC.format(at));
  }
}
