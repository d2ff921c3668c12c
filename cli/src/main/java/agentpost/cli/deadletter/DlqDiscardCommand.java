package agentpost.cli.deadletter;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.terminal.Confirmation;
import agentpost.cli.terminal.InterruptHook;
import agentpost.cli.terminal.PlainWriter;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost dlq discard}. */
@Command(
    name = "discard",
    mixinStandardHelpOptions = true,
    description =
        "Removes dead letters from the queue, after asking. The bucket"
            + " agentpost-discarded-ACCOUNT-REGION keeps each for 400 days.",
    footer = {
      "",
      "Exit code 0: all selected letters were discarded; 1: only some or none; 2: usage.",
      "",
      "Example:",
      "  ./agentpost dlq discard crm-sync --id uuid-1234-abcd"
    })
public final class DlqDiscardCommand implements Callable<Integer> {
  private final Confirmation confirmation;
  @Spec private CommandSpec spec;
  @Mixin private final DlqOptions place = new DlqOptions();
  @Mixin private final DlqFilters filters = new DlqFilters();

  @Parameters(
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "The agent's name.")
  private AgentName agent;

  @Option(names = "--yes", description = "Does not ask for confirmation.")
  private boolean yes;

  public DlqDiscardCommand(InputStream in) {
    this.confirmation = new Confirmation(in);
  }

  @Override
  public Integer call() {
    LetterFilter meant = filters.filters();
    if (meant.equals(LetterFilter.ALL)) {
      throw new ParameterException(
          spec.commandLine(),
          "Say which letters: give at least one of --id, --reason, --event-type and --since");
    }
    PrintWriter out = spec.commandLine().getOut();
    Set<String> letters = place.of(agent, queue -> showMeant(queue, meant, out));
    String question =
        "Discard "
            + (letters.size() == 1 ? "this letter" : "these " + letters.size() + " letters")
            + " for good?";
    int discarded =
        letters.isEmpty() || !(yes || confirmation.ask(out, question)) ? 0 : discard(letters, out);
    out.println(discarded == 0 ? "nothing discarded" : discarded + " discarded");
    if (discarded > 0 && discarded < letters.size()) {
      PlainWriter.say(
          out,
          (letters.size() - discarded)
              + " not found again: delivered meanwhile, or held by another command; run this"
              + " again");
    }
    out.flush();
    return discarded == 0 || discarded < letters.size() ? 1 : 0;
  }

  private int discard(Set<String> letters, PrintWriter out) {
    try (InterruptHook _ =
        InterruptHook.saying(
            out,
            () ->
                "; each letter is in the bucket or, within two minutes, in the queue again; run"
                    + " this again for the rest")) {
      return place.discard(agent, letters);
    }
  }

  /**
   * Shows what is meant; the ids of their messages, for the letters themselves may not fit into
   * memory.
   */
  private static Set<String> showMeant(DeadLetterQueue queue, LetterFilter meant, PrintWriter out) {
    Set<String> ids = new LinkedHashSet<>();
    SortedMap<DeadLetter.Age, String> oldestFirst = new TreeMap<>();
    try (QueueBrowser look = queue.look()) {
      for (List<DeadLetter> page = look.page(DlqOptions.PAGE_SIZE);
          !page.isEmpty();
          page = look.page(DlqOptions.PAGE_SIZE)) {
        for (DeadLetter letter : page.stream().filter(meant::match).toList()) {
          oldestFirst.put(
              letter.age(),
              PlainWriter.line(
                  letter.eventId()
                      + "  "
                      + letter.eventType()
                      + "  "
                      + letter.code()
                      + ": "
                      + letter.message()));
        }
      }
    }
    oldestFirst.forEach(
        (age, line) -> {
          ids.add(age.messageId());
          PlainWriter.say(out, line);
        });
    return ids;
  }
}
