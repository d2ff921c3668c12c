package agentpost.cli;

import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.Look;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost dlq list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists every dead-letter queue: how many letters it has, how old the oldest is, and why they are there.",
    footer = {"", "Example:", "  ./agentpost dlq list"})
final class DlqListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final DlqPlace place = new DlqPlace();

  private record Depth(int letters, Instant oldest, Map<String, Integer> reasons) {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, Depth> all = place.each(DlqListCommand::depth);
    // Queues stamp letters by the wall's time, in a local cloud too.
    Instant now = Instant.now();
    out.println(row("AGENT", "LETTERS", "OLDEST", "REASONS"));
    all.forEach(
        (agent, depth) -> {
          String age = depth.letters() == 0 ? "-" : OperationSeen.words(Duration.between(depth.oldest(), now));
          String reasons = depth.reasons().entrySet().stream().map(reason -> reason.getKey() + " " + reason.getValue()).collect(Collectors.joining(", "));
          out.println(row(agent, Integer.toString(depth.letters()), age, reasons));
        });
    out.flush();
    return 0;
  }

  private static Depth depth(DeadLetterQueue queue) {
    int letters = 0;
    Instant oldest = Instant.MAX;
    Map<String, Integer> reasons = new TreeMap<>();
    try (Look look = queue.look()) {
      for (List<DeadLetter> page = look.page(DlqPlace.PAGE); !page.isEmpty(); page = look.page(DlqPlace.PAGE)) {
        for (DeadLetter letter : page) {
          letters++;
          oldest = letter.sentAt().isBefore(oldest) ? letter.sentAt() : oldest;
          reasons.merge(letter.code(), 1, Integer::sum);
        }
      }
    }
    return new Depth(letters, oldest, reasons);
  }

  private static String row(String... cells) {
    return PlainWriter.line(String.format(Locale.ROOT, "%-28s  %7s  %-14s  %s", (Object[]) cells)).stripTrailing();
  }
}
