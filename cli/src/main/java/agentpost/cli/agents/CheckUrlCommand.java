package agentpost.cli.agents;

import agentpost.address.Ranges;
import agentpost.delivery.AddressGuard;
import agentpost.delivery.AddressGuard.Verdict;
import agentpost.platform.Network;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost check-url}: what the guard on callback URLs makes of a URL, here and now. */
@Command(
    name = "check-url",
    mixinStandardHelpOptions = true,
    description = {
      "Checks whether callbacks and external agents may use each URL, and prints 'allowed URL' or"
          + " 'blocked URL reason'. Looks names up from this machine.",
      "It does not read the catalog: give its addresses.allow and addresses.ports as --allow and"
          + " --port.",
      "Exit code 0: all are allowed; 1: at least one is blocked; 2: usage."
    },
    footer = {
      "",
      "Example:",
      "  ./agentpost check-url https://93.184.216.34/hooks \\",
      "  'https://[2606:2800:220:1:248:1893:25c8:1946]/'"
    })
public final class CheckUrlCommand implements Callable<Integer> {
  /** What would end a line, or give orders to the terminal. */
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cntrl}\\p{Cf}\u0085\u2028\u2029]");

  private final Network network;

  @Spec private CommandSpec spec;

  @Option(
      names = "--allow",
      paramLabel = "RANGE",
      split = ",",
      description = "A private range that the catalog opens, such as 10.20.0.0/16; repeatable.")
  private List<String> allow = List.of();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      split = ",",
      defaultValue = "443",
      description = "The ports that the catalog allows (default: ${DEFAULT-VALUE}).")
  private Set<Integer> ports;

  @Parameters(arity = "1..*", paramLabel = "URL", description = "One or more.")
  private List<String> urls;

  public CheckUrlCommand(Network network) {
    this.network = network;
  }

  private AddressGuard guard() {
    try {
      return new AddressGuard(network, ports, Ranges.of(String.join(",", allow)));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--allow': " + e.getMessage(), e);
    }
  }

  @Override
  public Integer call() {
    AddressGuard guard = guard();
    PrintWriter out = spec.commandLine().getOut();
    boolean blocked = false;
    for (String url : urls) {
      Optional<String> reason =
          switch (guard.check(url)) {
            case Verdict.Allowed _ -> Optional.empty();
            case Verdict.Refused(var why) -> Optional.of(why);
            case Verdict.Unresolved(var why) -> Optional.of(why);
          };
      out.println(
          reason
              .map(why -> "blocked " + show(url) + ' ' + why)
              .orElseGet(() -> "allowed " + show(url)));
      blocked |= reason.isPresent();
    }
    out.flush();
    return blocked ? 1 : 0;
  }

  /** One line a URL, whatever is in it. */
  private static String show(String url) {
    return UNPRINTABLE.matcher(url).replaceAll("?");
  }
}
