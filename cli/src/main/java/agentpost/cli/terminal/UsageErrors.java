package agentpost.cli.terminal;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what is wrong with a command line, in picocli's words, which quote what was typed; secrets
 * are left out ({@link CommandLineSecrets}).
 */
public final class UsageErrors implements IParameterExceptionHandler {
  /** Each of them named one stage, in a way of its own. */
  private static final List<String> RETIRED = List.of("--prefix", "--table", "--bus");

  private final Display display;

  public UsageErrors(Display display) {
    this.display = display;
  }

  @Override
  public int handleParseException(ParameterException exception, String[] args) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = PlainWriter.wrap(command.getErr(), display);
    List<String> words = List.of(args);
    Optional<String> retired = explainRetired(command, words);
    String message =
        retired.orElseGet(
            () ->
                Objects.requireNonNullElse(exception.getMessage(), "the command line is wrong")
                    // So picocli has it of options that are maps.
                    .replace("option option", "option"));
    PlainWriter.say(
        err, "agentpost: " + CommandLineSecrets.of(command, words).withoutThem(message));
    if (retired.isEmpty()
        && !printSuggestions(exception, err)
        && !command.getSubcommands().isEmpty()) {
      PlainWriter.say(err, "Commands: " + String.join(", ", command.getSubcommands().keySet()));
    }
    err.println("See ./" + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** Of options alone: to picocli dmeo is like verify-deployment, and not like demo. */
  private static boolean printSuggestions(ParameterException exception, PrintWriter err) {
    return exception instanceof UnmatchedArgumentException unmatched
        && unmatched.isUnknownOption()
        && UnmatchedArgumentException.printSuggestions(exception, err);
  }

  private static Optional<String> explainRetired(CommandLine command, List<String> args) {
    Set<String> known = command.getCommandSpec().optionsMap().keySet();
    return RETIRED.stream()
        .filter(option -> known.contains("--stage") && !known.contains(option))
        .filter(
            option ->
                args.stream().anyMatch(arg -> arg.equals(option) || arg.startsWith(option + "=")))
        .findFirst()
        .map(
            option ->
                "there is no option "
                    + option
                    + " any more; --stage names the stage alone: --stage try is for all that begins"
                    + " with agentpost-try");
  }
}
