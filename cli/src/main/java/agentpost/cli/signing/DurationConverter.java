package agentpost.cli.signing;

import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a length of time. */
final class DurationConverter implements ITypeConverter<Duration> {
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,12}");

  @Override
  public Duration convert(String value) {
    if (!DIGITS.matcher(value).matches()) {
      throw new TypeConversionException(
          "it must be whole seconds, 0 or more, in at most 12 digits");
    }
    return Duration.ofSeconds(Long.parseLong(value));
  }
}
