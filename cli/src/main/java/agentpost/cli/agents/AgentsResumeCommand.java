package agentpost.cli.agents;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.PlainWriter;
import agentpost.health.Consent;
import agentpost.health.ConsentStore;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost agents resume}: deliveries to an external agent that answered 410 go on. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Resumes deliveries to an external agent that answered 410 or does not answer the challenge."
          + " Its owner gets a new challenge before the next event, unless the catalog says"
          + " challenge: off.",
      "Exit code 0: resumed; 1: it is not stopped, or the table cannot be written; 2: usage."
    },
    footer = {"", "Example:", "  ./agentpost agents resume crm"})
final class AgentsResumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private final AgentsOptions place = new AgentsOptions();

  @Parameters(
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "The agent's name in the catalog.")
  private AgentName agent;

  @Override
  public Integer call() {
    Instant now = place.now();
    Optional<Consent.Suspension> stop =
        place.health(table -> new ConsentStore(table).resume(agent, now));
    Map<String, DeclaredAgent> agents = DeclaredAgent.findAll(place);
    Optional<DeclaredAgent> declared = Optional.ofNullable(agents.get(agent.value()));
    if (stop.isEmpty() && declared.isEmpty()) {
      throw place.unknownName("agent", agent.value(), agents.keySet());
    }
    if (stop.isEmpty()) {
      boolean isHosted = declared.filter(one -> !one.isExternal()).isPresent();
      throw new CommandFailure(
          agent
              + (isHosted
                  ? " is hosted here, and deliveries to it are never stopped"
                  : " is not stopped")
              + "; "
              + place.nextCommand("agents list")
              + " shows who is");
    }
    PrintWriter out = spec.commandLine().getOut();
    PlainWriter.say(
        out,
        agent
            + " is resumed; it was stopped since "
            + stop.get().since()
            + ". "
            + (declared.filter(one -> !one.isAsked()).isPresent()
                ? "Its next event goes out."
                : "Its owner is asked before the next event."));
    out.println("What it missed: " + place.nextCommand("dlq redrive " + agent));
    out.flush();
    return 0;
  }
}
