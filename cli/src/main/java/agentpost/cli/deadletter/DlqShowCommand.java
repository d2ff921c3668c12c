package agentpost.cli.deadletter;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.terminal.DurationText;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.LastAnswer;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost dlq show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Shows an agent's dead letters and why they are there, oldest first. Removes none. Its JSON"
            + " is what dlq export writes and redeliver reads.",
    footer = {"", "Example:", "  ./agentpost dlq show crm-sync --reason TIMEOUT --json"})
final class DlqShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final DlqOptions place = new DlqOptions();
  @Mixin private final DlqFilters filters = new DlqFilters();

  @Parameters(
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "The agent's name.")
  private AgentName agent;

  @Option(
      names = "--limit",
      defaultValue = "50",
      paramLabel = "N",
      description = "At most this many (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--limit': it must be 1 or more");
    }
    LetterFilter meant = filters.filters();
    List<DeadLetter> shown = new ArrayList<>();
    place.of(
        agent,
        queue -> {
          try (QueueBrowser look = queue.look()) {
            shown.addAll(look.findOldest(meant, limit));
          }
          return shown;
        });
    PrintWriter out = spec.commandLine().getOut();
    if (json.isSet()) {
      try (DeadLetterFile.Writer letters = new DeadLetterFile.Writer(out)) {
        shown.forEach(letters::write);
      }
    } else if (shown.isEmpty()) {
      out.println("no such letters");
    } else {
      Instant now = Instant.now();
      shown.forEach(letter -> lines(out, letter, now));
    }
    out.flush();
    return 0;
  }

  private static void lines(PrintWriter out, DeadLetter letter, Instant now) {
    String age = DurationText.of(Duration.between(letter.sentAt(), now));
    PlainWriter.say(
        out,
        PlainWriter.line(
            letter.eventId()
                + "  "
                + letter.eventType()
                + "  "
                + age
                + " ago, after "
                + (letter.attempts() + 1L)
                + (letter.attempts() == 0 ? " attempt" : " attempts")));
    LastAnswer answer = letter.lastAnswer();
    String said =
        (answer.status().isPresent() ? answer.status().getAsInt() + " " : "")
            + answer.problem().orElse(answer.status().isPresent() ? "" : letter.message());
    PlainWriter.say(
        out,
        PlainWriter.line(
            "  "
                + letter.code()
                + letter.exhausted().map(limit -> " (" + limit + ")").orElse("")
                + ": "
                + said.strip()));
  }
}
