package agentpost.cli;

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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost check-url}: what the guard on callback URLs makes of a URL, here and now. */
@Command(
    name = "check-url",
    mixinStandardHelpOptions = true,
    description = {
      "Says of each URL whether it may be called back: 'allowed URL' or 'blocked URL reason'. Names are looked up from here.",
      "Exit code 0: all are allowed; 1: at least one is blocked; 2: usage."
    },
    footer = {
      "",
      "Example:",
      "  ./agentpost check-url https://93.184.216.34/hooks \\",
      "  'https://[2606:2800:220:1:248:1893:25c8:1946]/'"
    })
final class CheckUrlCommand implements Callable<Integer> {
  /** As processors are deployed. */
  private static final Set<Integer> PORTS = Set.of(443);

  /** What would end a line, or give orders to the terminal. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\u0085\u2028\u2029]");

  private final AddressGuard guard;

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "URL", description = "One or more.")
  private List<String> urls;

  CheckUrlCommand(Network network) {
    this.guard = new AddressGuard(network, PORTS);
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean blocked = false;
    for (String url : urls) {
      Optional<String> reason =
          switch (guard.check(url)) {
            case Verdict.Allowed _ -> Optional.empty();
            case Verdict.Refused(var why) -> Optional.of(why);
            case Verdict.Unresolved(var why) -> Optional.of(why);
          };
      out.println(reason.map(why -> "blocked " + shown(url) + ' ' + why).orElseGet(() -> "allowed " + shown(url)));
      blocked |= reason.isPresent();
    }
    out.flush();
    return blocked ? 1 : 0;
  }

  /** One line a URL, whatever is in it. */
  private static String shown(String url) {
    return UNPRINTABLE.matcher(url).replaceAll("?");
  }
}
