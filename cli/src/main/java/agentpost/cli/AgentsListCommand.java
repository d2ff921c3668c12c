package agentpost.cli;

import agentpost.event.AgentName;
import agentpost.health.Consent;
import agentpost.health.HealthTable;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost agents list}: one line an external agent that was asked for its consent. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the external agents that were asked: agreed, stopped since they answered 410, or not answering the challenge.",
    footer = {"", "Example:", "  ./agentpost agents list"})
final class AgentsListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private final HealthPlace place = new HealthPlace();

  @Override
  public Integer call() {
    Map<AgentName, Consent> consents = new TreeMap<>(Comparator.comparing(AgentName::value));
    place.asked(HealthTable::rows).forEach((agent, row) -> state(Consent.of(row)).ifPresent(_ -> consents.put(agent, Consent.of(row))));
    PrintWriter out = spec.commandLine().getOut();
    if (consents.isEmpty()) {
      out.println("no external agent was asked yet");
    } else {
      out.println(row("AGENT", "STATE"));
      consents.forEach((agent, consent) -> out.println(row(agent.value(), state(consent).orElse(""))));
    }
    out.flush();
    return 0;
  }

  private static String row(String agent, String state) {
    return String.format(Locale.ROOT, "%-40s  %s", agent, state).stripTrailing();
  }

  /** Nothing if it was never asked. */
  private static Optional<String> state(Consent consent) {
    Optional<Consent.Stop> stop = consent.stop().filter(one -> one.ended().isEmpty());
    if (stop.isPresent()) {
      return Optional.of(
          switch (stop.get().because()) {
            case GONE -> "stopped: it answered 410 at " + stop.get().since() + "; ./agentpost agents resume NAME";
            case UNPROVEN -> "not answering the challenge since " + stop.get().since();
          });
    }
    if (consent.proven().isPresent()) {
      return Optional.of("agreed");
    }
    return consent.asked().isPresent() || consent.stop().isPresent() ? Optional.of("to be asked with the next event") : Optional.empty();
  }
}
