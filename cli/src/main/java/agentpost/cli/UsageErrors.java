package agentpost.cli;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what is wrong with a command line. picocli's messages quote what was typed; with {@code --secret} a word away that may be a secret, and
 * standard error ends up in logs, so values are left out and only names are kept.
 */
final class UsageErrors implements IParameterExceptionHandler {
  /** An option's name, perhaps with a value after an equals sign. Base64 has upper case, so that no secret looks like one. */
  private static final Pattern OPTION = Pattern.compile("(--?[a-z][a-z0-9]*(?:-[a-z0-9]+)*)(=.*)?", Pattern.DOTALL);

  /** Shorter values may also be words of the message itself. */
  private static final int LONG_ENOUGH_TO_BE_A_SECRET = 8;

  @Override
  public int handleParseException(ParameterException exception, String[] args) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("agentpost: " + withoutValues(Objects.requireNonNullElse(exception.getMessage(), "the command line is wrong"), List.of(args)));
    if (!UnmatchedArgumentException.printSuggestions(exception, err) && !command.getSubcommands().isEmpty()) {
      err.println("Commands: " + String.join(", ", command.getSubcommands().keySet()));
    }
    err.println("See ./" + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  static String withoutValues(String message, List<String> args) {
    String safe = message;
    // The longest first: a value that contains another one must go as a whole.
    for (String value : args.stream().flatMap(UsageErrors::values).sorted(Comparator.comparing(String::length).reversed()).toList()) {
      safe = safe.replace("'" + value + "'", "'…'");
      safe = value.length() >= LONG_ENOUGH_TO_BE_A_SECRET ? safe.replace(value, "…") : safe;
    }
    return safe;
  }

  /** What of one word of the command line is not an option's name. */
  private static Stream<String> values(String arg) {
    Matcher option = OPTION.matcher(arg);
    if (!option.matches()) {
      return Stream.of(arg);
    }
    return option.group(2) == null ? Stream.empty() : Stream.of(option.group(2).substring(1)).filter(value -> !value.isEmpty());
  }
}
