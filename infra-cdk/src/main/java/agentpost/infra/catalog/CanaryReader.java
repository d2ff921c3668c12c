package agentpost.infra.catalog;

import agentpost.catalog.CatalogNode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code canary}: how a deployment moves functions to their new versions. */
final class CanaryReader {
  private static final int DEFAULT_PERCENTAGE = 10;
  private static final String DEFAULT_INTERVAL = "5m";

  /** CodeDeploy counts minutes. */
  private static final Pattern INTERVAL = Pattern.compile("([1-9]|[1-5][0-9]|60)m");

  private CanaryReader() {}

  static Optional<Catalog.Canary> read(CatalogNode top) {
    return top.section("canary", "percentage", "interval")
        .map(
            section ->
                new Catalog.Canary(
                    section.integer("percentage", 1, 99, DEFAULT_PERCENTAGE), interval(section)));
  }

  private static Duration interval(CatalogNode section) {
    String text =
        section.get("interval").isEmpty()
            ? DEFAULT_INTERVAL
            : section
                .text(
                    "interval",
                    "minutes from 1m to 60m, such as 5m",
                    given -> INTERVAL.matcher(given).matches())
                .orElse(DEFAULT_INTERVAL);
    return Duration.ofMinutes(Long.parseLong(text.substring(0, text.length() - 1)));
  }
}
