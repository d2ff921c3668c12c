package agentpost.cli.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.project.ProjectSchemas;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.FileErrors;
import agentpost.cli.terminal.InterruptHook;
import agentpost.cli.terminal.PlainWriter;
import agentpost.event.EventReader;
import agentpost.schemas.Validation;
import agentpost.schemas.Violation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.lambda.LambdaClient;

/**
 * {@code agentpost redeliver}: events that were mended, to one agent, through the redrive's
 * function.
 */
@Command(
    name = "redeliver",
    mixinStandardHelpOptions = true,
    description =
        "Delivers a file's events to one agent, if all match their schemas. Removes an event's dead"
            + " letter once the agent has accepted it.",
    footer = {
      "",
      "Exit code 0: all were delivered; 1: some were refused or not attempted, or the file is"
          + " wrong.",
      "",
      "Example:",
      "  ./agentpost redeliver crm-sync letters.json"
    })
public final class RedeliverCommand implements Callable<Integer> {
  /** Lambda takes 6 MB; the answer is smaller than the question. */
  private static final int MAX_BYTES = 4_000_000;

  /** At 4.5 s each it is stopped long before its end, and asked again. */
  private static final int MAX_EVENTS = 100;

  private static final int MAX_ENVELOPE_BYTES = 1024 * 1024;
  private static final int MAX_FRUITLESS_RUNS = 3;

  @Spec private CommandSpec spec;
  @Mixin private final DlqOptions place = new DlqOptions();

  @Parameters(
      index = "0",
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "The agent's name.")
  private AgentName agent;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description =
          "The edited output of dlq export or dlq show --json; or envelopes, in sequence or in a"
              + " list.")
  private Path file;

  private final OutcomeCounts counts = new OutcomeCounts();

  @Override
  public Integer call() {
    List<DeadLetterFile.Entry> entries = DeadLetterFile.read(file.toString(), text());
    if (entries.isEmpty()) {
      throw new CommandFailure(file + " has no events");
    }
    EventReader reader = new EventReader(ProjectSchemas.load());
    List<String> wrong =
        entries.stream().flatMap(entry -> problems(entry, reader).stream()).toList();
    if (!wrong.isEmpty()) {
      throw new CommandFailure(
          "nothing is delivered, since the file is wrong:\n  " + String.join("\n  ", wrong));
    }
    DeclaredAgent.require(place, agent);
    try (InterruptHook _ =
        RedriveFunction.sayAtInterrupt(place, agent, counts, spec.commandLine().getOut())) {
      place.withClient(
          LambdaClient.builder(), client -> redeliver(new RedriveFunction(place, client), entries));
    }
    counts.addNotAttempted(entries.size() - counts.total());
    PrintWriter out = spec.commandLine().getOut();
    out.println(counts);
    out.flush();
    return counts.delivered() == entries.size() ? 0 : 1;
  }

  private String text() {
    try {
      return Files.readString(file, UTF_8);
    } catch (NoSuchFileException e) {
      throw new CommandFailure("there is no file " + file);
    } catch (CharacterCodingException e) {
      throw new CommandFailure(file + " is not UTF-8");
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + FileErrors.explain(e));
    }
  }

  private List<String> problems(DeadLetterFile.Entry entry, EventReader reader) {
    int bytes = entry.envelope().getBytes(UTF_8).length;
    if (bytes > MAX_ENVELOPE_BYTES) {
      return List.of(
          positionOf(entry.line())
              + "the envelope has "
              + bytes
              + " bytes; at most "
              + MAX_ENVELOPE_BYTES
              + " are taken");
    }
    return switch (reader.read(entry.envelope())) {
      case EventReader.Reading.Valid _ -> List.of();
      case EventReader.Reading.NotJson(var why) ->
          List.of(positionOf(entry.line()) + why.replaceFirst("^the body", "the envelope"));
      case EventReader.Reading.Invalid(var validation) -> problems(entry, validation);
    };
  }

  private List<String> problems(DeadLetterFile.Entry entry, Validation validation) {
    return switch (validation) {
      case Validation.Valid _ -> List.of();
      case Validation.Invalid(_, _, var violations) ->
          violations.stream().map(violation -> problem(entry, violation)).toList();
      case Validation.UnknownEvent unknown ->
          List.of(positionOf(entry.lineOf("/event_type")) + unknown.problem());
      case Validation.UnknownVersion unknown ->
          List.of(positionOf(entry.lineOf("/metadata/schema_version")) + unknown.problem());
    };
  }

  private String problem(DeadLetterFile.Entry entry, Violation violation) {
    return positionOf(entry.lineOf(violation.pointer())) + violation;
  }

  private String positionOf(int line) {
    return file + ", line " + line + ": ";
  }

  private boolean redeliver(RedriveFunction function, List<DeadLetterFile.Entry> entries) {
    int next = 0;
    int fruitless = 0;
    while (next < entries.size() && fruitless < MAX_FRUITLESS_RUNS) {
      JsonNode report = function.invoke(batch(entries.subList(next, entries.size())));
      report.path("outcomes").forEach(this::printOutcome);
      next += report.path("outcomes").size();
      fruitless = report.path("outcomes").isEmpty() ? fruitless + 1 : 0;
      if (report.path("stop_reason").asText().equals("AGENT_FAILING")) {
        PlainWriter.say(
            spec.commandLine().getOut(),
            "stopped: "
                + agent
                + " failed several times in a row, so it must be down; run this again when it is"
                + " up");
        return false;
      }
    }
    if (fruitless == MAX_FRUITLESS_RUNS) {
      PlainWriter.say(
          spec.commandLine().getOut(),
          "stopped before the end: the letters cannot be found in the time that one run has");
    }
    return next == entries.size();
  }

  /** The first of them, as many as go into one call. */
  private ObjectNode batch(List<DeadLetterFile.Entry> entries) {
    ObjectNode input = JsonNodeFactory.instance.objectNode().put("agent", agent.value());
    ArrayNode events = input.putArray("events");
    long bytes = 0;
    for (DeadLetterFile.Entry entry : entries) {
      ObjectNode event = JsonNodeFactory.instance.objectNode().put("envelope", entry.envelope());
      entry.messageId().ifPresent(id -> event.put("message_id", id));
      bytes += event.toString().getBytes(UTF_8).length + 1;
      if (events.size() == MAX_EVENTS || (!events.isEmpty() && bytes > MAX_BYTES)) {
        break;
      }
      events.add(event);
    }
    return input;
  }

  private void printOutcome(JsonNode outcome) {
    counts.add(outcome);
    PrintWriter out = spec.commandLine().getOut();
    PlainWriter.say(out, PlainWriter.line(OutcomeCounts.describe(outcome, agent)));
    out.flush();
  }
}
