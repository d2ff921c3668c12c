package agentpost.cli;

import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.Filters;
import agentpost.deadletter.LastAnswer;
import agentpost.deadletter.Look;
import agentpost.event.AgentName;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
    description = "Shows an agent's dead letters and why they are there. Looking takes none away.",
    footer = {"", "Example:", "  ./agentpost dlq show crm-sync --reason TIMEOUT --json"})
final class DlqShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final DlqPlace place = new DlqPlace();
  @Mixin private final DlqFilters filters = new DlqFilters();

  @Parameters(paramLabel = "AGENT", converter = AgentNameConverter.class, description = "The agent's name.")
  private AgentName agent;

  @Option(names = "--limit", defaultValue = "50", paramLabel = "N", description = "How many at most; ${DEFAULT-VALUE} unless given.")
  private int limit;

  @Option(names = "--json", description = "A list of JSON objects instead of lines.")
  private boolean json;

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--limit': it must be 1 or more");
    }
    Filters meant = filters.filters();
    List<DeadLetter> shown = new ArrayList<>();
    place.of(
        agent,
        queue -> {
          try (Look look = queue.look()) {
            for (List<DeadLetter> page = look.page(DlqPlace.PAGE); !page.isEmpty() && shown.size() < limit; page = look.page(DlqPlace.PAGE)) {
              page.stream().filter(meant::match).limit(limit - shown.size()).forEach(shown::add);
            }
          }
          return shown;
        });
    PrintWriter out = spec.commandLine().getOut();
    Instant now = Instant.now();
    if (json) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      shown.forEach(letter -> list.add(json(letter, now)));
      out.println(list.toPrettyString());
    } else if (shown.isEmpty()) {
      out.println("no such letters");
    } else {
      shown.forEach(letter -> lines(out, letter, now));
    }
    out.flush();
    return 0;
  }

  private static void lines(PrintWriter out, DeadLetter letter, Instant now) {
    String age = OperationSeen.words(Duration.between(letter.sentAt(), now));
    out.println(PlainWriter.line(letter.eventId() + "  " + letter.eventType() + "  " + age + " ago, after " + (letter.attempts() + 1L) + " attempts"));
    LastAnswer answer = letter.lastAnswer();
    String said = (answer.status().isPresent() ? answer.status().getAsInt() + " " : "") + answer.problem().orElse(answer.status().isPresent() ? "" : letter.message());
    out.println(PlainWriter.line("  " + letter.code() + letter.exhausted().map(limit -> " (" + limit + ")").orElse("") + ": " + said.strip()));
  }

  private static ObjectNode json(DeadLetter letter, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("event_id", letter.eventId()).put("event_type", letter.eventType()).put("message_id", letter.messageId());
    json.put("reason", letter.code()).put("message", letter.message()).put("attempts", letter.attempts() + 1L);
    letter.lastAnswer().status().ifPresent(status -> json.put("status", status));
    letter.lastAnswer().problem().ifPresent(problem -> json.put("problem", problem));
    letter.exhausted().ifPresent(limit -> json.put("exhausted", limit));
    json.put("sent_at", letter.sentAt().toString()).put("age_seconds", Duration.between(letter.sentAt(), now).toSeconds()).put("receive_count", letter.receiveCount());
    letter.envelope().ifPresent(envelope -> json.put("envelope", envelope));
    return json;
  }
}
