package agentpost.cli.signing;

import agentpost.signing.Scheme;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a scheme's label. */
final class SchemeConverter implements ITypeConverter<Scheme> {
  /** The labels, for help. */
  static final class Candidates implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Scheme.values()).map(Scheme::label).iterator();
    }
  }

  @Override
  public Scheme convert(String value) {
    return Arrays.stream(Scheme.values())
        .filter(scheme -> scheme.label().equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "it must be one of "
                        + Arrays.stream(Scheme.values())
                            .map(Scheme::label)
                            .collect(Collectors.joining(", "))));
  }
}
