package agentpost.cli.signing;

import java.time.Instant;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time as webhook-timestamp writes it. */
final class EpochSecondsConverter implements ITypeConverter<Instant> {
  /** As the verifier takes it: what is longer is no time that a webhook was sent at. */
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,12}");

  @Override
  public Instant convert(String value) {
    if (!DIGITS.matcher(value).matches()) {
      throw new TypeConversionException(
          "it must be whole seconds since 1970, in at most 12 digits");
    }
    return Instant.ofEpochSecond(Long.parseLong(value));
  }
}
