package agentpost.cli;

import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.Filters;
import agentpost.deadletter.Look;
import agentpost.event.AgentName;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.s3.S3Client;

/** {@code agentpost dlq discard}. */
@Command(
    name = "discard",
    mixinStandardHelpOptions = true,
    description = "Removes dead letters from the queue, after it has asked. Each is kept in the bucket agentpost-discarded-ACCOUNT-REGION for 400 days.",
    footer = {"", "Example:", "  ./agentpost dlq discard crm-sync --id uuid-1234-abcd"})
final class DlqDiscardCommand implements Callable<Integer> {
  private final Confirmation confirmation;
  @Spec private CommandSpec spec;
  @Mixin private final DlqPlace place = new DlqPlace();

  @Parameters(paramLabel = "AGENT", converter = AgentNameConverter.class, description = "The agent's name.")
  private AgentName agent;

  @Option(names = "--id", required = true, paramLabel = "ID", description = "The event_id; may be repeated.")
  private Set<String> ids = Set.of();

  @Option(names = "--yes", description = "Does not ask.")
  private boolean yes;

  DlqDiscardCommand(InputStream in) {
    this.confirmation = new Confirmation(in);
  }

  @Override
  public Integer call() {
    Filters meant = new Filters(Set.of(), Set.of(), Optional.empty(), ids);
    PrintWriter out = spec.commandLine().getOut();
    List<DeadLetter> letters = place.of(agent, queue -> found(queue, meant));
    letters.forEach(letter -> out.println(PlainWriter.line(letter.eventId() + "  " + letter.eventType() + "  " + letter.code() + ": " + letter.message())));
    String question = "Discard " + (letters.size() == 1 ? "this letter" : "these " + letters.size() + " letters") + " for good?";
    int discarded = letters.isEmpty() || !(yes || confirmation.given(out, question)) ? 0 : discarded(letters);
    out.println(discarded == 0 ? "nothing discarded" : discarded + " discarded");
    if (discarded > 0 && discarded < letters.size()) {
      out.println((letters.size() - discarded) + " not found again: delivered meanwhile, or in the hands of another command; run this again");
    }
    out.flush();
    return discarded == 0 || discarded < letters.size() ? 1 : 0;
  }

  private static List<DeadLetter> found(DeadLetterQueue queue, Filters meant) {
    List<DeadLetter> letters = new ArrayList<>();
    try (Look look = queue.look()) {
      for (List<DeadLetter> page = look.page(DlqPlace.PAGE); !page.isEmpty(); page = look.page(DlqPlace.PAGE)) {
        page.stream().filter(meant::match).forEach(letters::add);
      }
    }
    return letters;
  }

  /** Looked for again, for who is asked may take longer to answer than a look may hold letters. Each is kept, and then removed. */
  private int discarded(List<DeadLetter> letters) {
    Filters these = new Filters(Set.of(), Set.of(), Optional.empty(), letters.stream().map(DeadLetter::messageId).collect(Collectors.toSet()));
    return place.asked(
        S3Client.builder().forcePathStyle(!place.isAws()),
        s3 ->
            place.of(
                agent,
                queue -> {
                  DiscardedLetters kept = DiscardedLetters.of(s3, place.prefix(), queue.arn());
                  try (Look look = queue.look()) {
                    int count = 0;
                    for (List<DeadLetter> page = look.page(DlqPlace.PAGE); !page.isEmpty() && count < letters.size(); page = look.page(DlqPlace.PAGE)) {
                      for (DeadLetter letter : page.stream().filter(these::match).toList()) {
                        kept.keep(agent, letter);
                        queue.delete(letter);
                        count++;
                      }
                    }
                    return count;
                  }
                }));
  }
}
