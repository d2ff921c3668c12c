package agentpost.cli.signing;

import java.util.Iterator;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the label of a scheme that can be verified. */
final class VerifySchemeConverter implements ITypeConverter<VerifyScheme> {
  /** The labels, for help. */
  static final class Candidates implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return VerifyScheme.values().stream().map(VerifyScheme::label).iterator();
    }
  }

  @Override
  public VerifyScheme convert(String value) {
    return VerifyScheme.values().stream()
        .filter(scheme -> scheme.label().equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "it must be one of "
                        + VerifyScheme.values().stream()
                            .map(VerifyScheme::label)
                            .collect(Collectors.joining(", "))
                        + "; the command knows none of a project's own"));
  }
}
