package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.Filters;
import agentpost.deadletter.Look;
import agentpost.event.AgentName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost dlq discard}. */
@Command(
    name = "discard",
    mixinStandardHelpOptions = true,
    description = "Removes dead letters for good, after it has asked. The event itself stays in the bus's archive for 30 days.",
    footer = {"", "Example:", "  ./agentpost dlq discard crm-sync --id uuid-1234-abcd"})
final class DlqDiscardCommand implements Callable<Integer> {
  private static final int PAGE = 500;

  private final InputStream in;
  @Spec private CommandSpec spec;
  @Mixin private final DlqPlace place = new DlqPlace();

  @Parameters(paramLabel = "AGENT", converter = AgentNameConverter.class, description = "The agent's name.")
  private AgentName agent;

  @Option(names = "--id", required = true, paramLabel = "ID", description = "The event_id; may be repeated.")
  private Set<String> ids = Set.of();

  @Option(names = "--yes", description = "Does not ask.")
  private boolean yes;

  DlqDiscardCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    Filters meant = new Filters(Set.of(), Set.of(), Optional.empty(), ids);
    PrintWriter out = spec.commandLine().getOut();
    int found =
        place.of(
            agent,
            queue -> {
              try (Look look = queue.look()) {
                List<DeadLetter> letters = new ArrayList<>();
                for (List<DeadLetter> page = look.page(PAGE); !page.isEmpty(); page = look.page(PAGE)) {
                  page.stream().filter(meant::match).forEach(letters::add);
                }
                letters.forEach(letter -> out.println(letter.eventId() + "  " + letter.eventType() + "  " + letter.code() + ": " + letter.message()));
                if (letters.isEmpty() || !(yes || isConfirmed(out, letters.size()))) {
                  return 0;
                }
                letters.forEach(queue::delete);
                return letters.size();
              }
            });
    out.println(found == 0 ? "nothing discarded" : found + " discarded");
    out.flush();
    return found == 0 ? 1 : 0;
  }

  private boolean isConfirmed(PrintWriter out, int letters) {
    out.print("Discard " + (letters == 1 ? "this letter" : "these " + letters + " letters") + " for good? Type yes: ");
    out.flush();
    try {
      return "yes".equals(new BufferedReader(new InputStreamReader(in, UTF_8)).readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
