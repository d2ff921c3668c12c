package agentpost.cli.deadletter;

import agentpost.cli.terminal.DurationText;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Table;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.QueueBrowser;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost dlq list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description =
        "Lists every dead-letter queue: how many letters it has, how old the oldest is, and why"
            + " they are there.",
    footer = {"", "Example:", "  ./agentpost dlq list"})
final class DlqListCommand implements Callable<Integer> {
  private static final String HEADING = "AGENT";
  private static final int LETTERS_WIDTH = -7;
  private static final int AGE_WIDTH = 14;
  private static final int MIN_REASON_WIDTH = 26;

  @Spec private CommandSpec spec;
  @Mixin private final DlqOptions place = new DlqOptions();
  @Mixin private final JsonOption json = new JsonOption();

  /**
   * @param held letters that someone else has in hand, so that they cannot be looked at
   */
  private record Depth(int letters, Instant oldest, Map<String, Integer> reasons, int held) {
    String[] row(String agent, Instant now) {
      List<String> parts = new ArrayList<>();
      reasons.forEach((reason, count) -> parts.add(reason + " " + count));
      if (held > 0) {
        parts.add(held + " more held by another command");
      }
      String age = letters == 0 ? "-" : DurationText.of(Duration.between(oldest, now));
      return new String[] {agent, Integer.toString(letters), age, String.join(", ", parts)};
    }

    ObjectNode json(String agent) {
      ObjectNode json =
          JsonNodeFactory.instance.objectNode().put("agent", agent).put("letters", letters);
      json.put("oldest", letters == 0 ? null : oldest.toString());
      reasons.forEach(json.putObject("reasons")::put);
      return json.put("held", held);
    }
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, String> queues = place.queues();
    json.print(out, () -> toJson(queues), () -> print(queues, out));
    return 0;
  }

  private ArrayNode toJson(Map<String, String> queues) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    place.forEachQueue(queues, this::depth, (agent, depth) -> list.add(depth.json(agent)));
    return list;
  }

  private void print(Map<String, String> queues, PrintWriter out) {
    int longest = queues.keySet().stream().mapToInt(String::length).max().orElse(0);
    Table table =
        Table.of(
            PlainWriter.display(out),
            Math.max(longest, HEADING.length()),
            LETTERS_WIDTH,
            AGE_WIDTH,
            MIN_REASON_WIDTH);
    out.println(table.row(HEADING, "LETTERS", "OLDEST", "REASONS"));
    out.flush();
    place.forEachQueue(
        queues,
        this::depth,
        (agent, depth) -> {
          // Queues stamp letters by the wall's time, in a local cloud too.
          out.println(table.row(depth.row(agent, Instant.now())));
          out.flush();
        });
  }

  private Depth depth(DeadLetterQueue queue) {
    DeadLetterQueue.Count counted = queue.count();
    int letters = 0;
    Instant oldest = Instant.MAX;
    Map<String, Integer> reasons = new TreeMap<>();
    // On AWS the count may lag behind what is there. A local cloud's is exact, and a receive from
    // an empty queue would wait for a second.
    if (counted.free() > 0 || place.isAws()) {
      try (QueueBrowser look = queue.look()) {
        for (List<DeadLetter> page = look.page(DlqOptions.PAGE_SIZE);
            !page.isEmpty();
            page = look.page(DlqOptions.PAGE_SIZE)) {
          for (DeadLetter letter : page) {
            letters++;
            oldest = letter.sentAt().isBefore(oldest) ? letter.sentAt() : oldest;
            reasons.merge(letter.code(), 1, Integer::sum);
          }
        }
      }
    }
    return new Depth(letters, oldest, reasons, counted.held());
  }
}
