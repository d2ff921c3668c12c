package agentpost.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A script of fish's {@code complete} (https://fishshell.com/docs/current/cmds/complete.html): a
 * line for each subcommand and option, with the commands that must stand before it as its
 * condition.
 */
final class FishCompletion {
  private final List<String> lines = new ArrayList<>();

  private FishCompletion() {}

  static String of(CommandSpec root) {
    FishCompletion script = new FishCompletion();
    script.add(root, List.of());
    return String.join("\n", script.lines) + "\n";
  }

  private void add(CommandSpec command, List<String> path) {
    Map<String, CommandLine> subcommands = command.subcommands();
    String here = path.stream().map(FishCompletion::isSeen).collect(Collectors.joining("; and "));
    String none =
        subcommands.isEmpty() ? "" : "not " + isSeen(String.join(" ", subcommands.keySet()));
    String next =
        List.of(here, none).stream()
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("; and "));
    subcommands.forEach(
        (name, each) -> {
          line(next, "-f -a " + ShellWord.quote(name), first(each.getCommandSpec()));
          List<String> deeper = new ArrayList<>(path);
          deeper.add(name);
          add(each.getCommandSpec(), deeper);
        });
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        line(
            next,
            (option.longestName().startsWith("--")
                    ? "-l " + option.longestName().substring(2)
                    : "-o " + option.longestName().substring(1))
                + (option.arity().max() > 0 ? " -r" : ""),
            option.description().length == 0 ? "" : option.description()[0]);
      }
    }
  }

  private static String isSeen(String names) {
    return "__fish_seen_subcommand_from " + names;
  }

  private static String first(CommandSpec command) {
    String[] description = command.usageMessage().description();
    return description.length == 0 ? "" : description[0];
  }

  private void line(String condition, String completion, String description) {
    String sentence = description.replaceFirst("(?<=[.;:])\\s.*", "").replaceAll("[.;:]$", "");
    lines.add(
        "complete -c agentpost"
            + (condition.isEmpty() ? "" : " -n " + ShellWord.quote(condition))
            + " "
            + completion
            + (sentence.isEmpty() || sentence.contains("$")
                ? ""
                : " -d " + ShellWord.quote(sentence)));
  }
}
