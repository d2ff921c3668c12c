package agentpost.cli.terminal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * The secrets of a command line, which no message repeats, for standard error ends up in logs. A
 * secret is what an option that begins with {@code --secret} is given, for people mix up texts,
 * files and variables, and what has the form of one. Where a command takes a secret, so is every
 * word that belongs to no option it has: the option may be misspelled, or the word the rest of a
 * secret with a space in it. All else is shown as it was typed.
 *
 * @param texts the longest first: one that contains another goes as a whole
 */
public record CommandLineSecrets(List<String> texts) {
  private static final String SECRET = "--secret";

  /**
   * An option's name, perhaps with a value after an equals sign. Base64 has upper case, so that no
   * secret looks like one.
   */
  private static final Pattern OPTION =
      Pattern.compile("(--?[a-z][a-z0-9]*+(?:-[a-z0-9]++)*+)(?:=(.*))?", Pattern.DOTALL);

  /**
   * By their own prefixes: Standard Webhooks and ours, Stripe, GitHub, GitLab, Slack, Shopify, AWS;
   * a JSON Web Token; a URL's user and password; a key in PEM.
   */
  private static final Pattern KNOWN_FORM =
      Pattern.compile(
          "wh(?:sec|sk)_\\S*|[prs]k_(?:live|test)_\\w+|gh[oprsu]_\\w{16,}|github_pat_\\w+|"
              + "glpat-[\\w-]+|xapp-[\\w-]+|xox[a-z]-[\\w-]+|"
              + "shp(?:at|ca|pa|ss)_\\w+|(?:AKIA|ASIA)[0-9A-Z]{16}|"
              + "eyJ[\\w-]{8,}\\.[\\w-]+(?:\\.[\\w-]+)?|"
              + "(?<=://)[^/@\\s]*:[^/@\\s]+(?=@)|-----BEGIN"
              + " .*",
          Pattern.DOTALL);

  /** Shorter texts may also be words of the message itself. */
  private static final int MIN_SECRET_LENGTH = 8;

  public static CommandLineSecrets of(CommandLine command, List<String> args) {
    Set<String> options = command.getCommandSpec().optionsMap().keySet();
    List<String> found = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      KNOWN_FORM.matcher(arg).results().forEach(form -> found.add(form.group()));
      Matcher option = OPTION.matcher(arg);
      if (!option.matches()) {
        String before = i == 0 ? "" : args.get(i - 1);
        boolean isStray = options.contains(SECRET) && i > 0 && !options.contains(before);
        found.add(before.startsWith(SECRET) || isStray ? arg : "");
      } else if (option.group(2) != null) {
        boolean isUnknown = options.contains(SECRET) && !options.contains(option.group(1));
        found.add(option.group(1).startsWith(SECRET) || isUnknown ? option.group(2) : "");
      }
    }
    return new CommandLineSecrets(
        found.stream()
            .filter(text -> !text.isEmpty())
            .distinct()
            .sorted(Comparator.comparing(String::length).reversed())
            .toList());
  }

  public String withoutThem(String message) {
    String safe = message;
    for (String text : texts) {
      safe = safe.replace("'" + text + "'", "'…'").replace("=" + text + "'", "=…'");
      safe = text.length() >= MIN_SECRET_LENGTH ? safe.replace(text, "…") : safe;
    }
    return safe;
  }
}
