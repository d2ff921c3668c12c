package agentpost.cli.cost;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 100/s} as events a second. */
final class RateConverter implements ITypeConverter<Double> {
  private static final Pattern RATE = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?)/([smhd])");

  @Override
  public Double convert(String value) {
    Matcher rate = RATE.matcher(value);
    if (!rate.matches()) {
      throw new TypeConversionException(
          "it must be a number a second, minute, hour or day, like 100/s");
    }
    Duration unit =
        switch (rate.group(2)) {
          case "s" -> Duration.ofSeconds(1);
          case "m" -> Duration.ofMinutes(1);
          case "h" -> Duration.ofHours(1);
          default -> Duration.ofDays(1);
        };
    return Double.parseDouble(rate.group(1)) / unit.toSeconds();
  }
}
