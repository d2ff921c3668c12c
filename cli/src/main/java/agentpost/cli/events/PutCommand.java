package agentpost.cli.events;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.ShellWord;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/** {@code agentpost put}: events, validated, onto the bus. */
@Command(
    name = "put",
    mixinStandardHelpOptions = true,
    description =
        "Validates an event against its schema, then puts it on the bus. FILE is an envelope, or a"
            + " list of PutEvents entries.",
    footer = {
      "",
      "Example:",
      "  ./agentpost put \\",
      "    events-schemas/user.signed_up/examples/premium-trial.json"
    })
public final class PutCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description =
          "The event's envelope as JSON, or entries as aws events put-events takes them. A"
              + " project's are in its events-schemas/TYPE/examples; the example below is a"
              + " clone's.")
  private Path file;

  @Mixin private final CloudOptions place = new CloudOptions();

  @Option(
      names = "--new-id",
      description = "Gives each event a new event_id, so agents act on it again.")
  private boolean newId;

  @Override
  public Integer call() {
    EventFile events = new EventFile(file, place, newId);
    List<PutEventsRequestEntry> entries = events.read();
    Map<String, String> seen = new HashMap<>();
    List<PutEventsResultEntry> results =
        place.withClient(EventBridgeClient.builder(), client -> put(client, events, entries, seen));
    int refused = 0;
    for (int i = 0; i < results.size(); i++) {
      PutEventsResultEntry result = results.get(i);
      if (result.errorCode() == null) {
        PutEventsRequestEntry entry = entries.get(i);
        String id = HandledEventCheck.id(entry);
        printResult(entry, id, Optional.ofNullable(seen.get(id)));
      } else {
        refused++;
        PlainWriter.say(
            spec.commandLine().getErr(),
            "agentpost: "
                + events.positionOf(i, entries.size())
                + ": "
                + result.errorCode()
                + ": "
                + result.errorMessage());
      }
    }
    spec.commandLine().getOut().flush();
    return refused == 0 ? 0 : 1;
  }

  /**
   * @param seen takes what there is to say of events that were put before, by their ids
   */
  private List<PutEventsResultEntry> put(
      EventBridgeClient client,
      EventFile events,
      List<PutEventsRequestEntry> entries,
      Map<String, String> seen) {
    for (String bus : events.requireBuses(client, entries)) {
      seen.putAll(
          HandledEventCheck.of(place, client, bus)
              .notes(entries.stream().filter(entry -> entry.eventBusName().equals(bus)).toList()));
    }
    return client.putEvents(put -> put.entries(entries)).entries();
  }

  private void printResult(PutEventsRequestEntry entry, String id, Optional<String> seen) {
    PrintWriter out = spec.commandLine().getOut();
    PlainWriter.say(
        out,
        "accepted " + entry.detailType() + ", event_id " + id + ", on " + entry.eventBusName());
    seen.ifPresent(
        note ->
            PlainWriter.say(
                out,
                note
                    + "; "
                    + place.nextCommand("put " + ShellWord.quote(file.toString()) + " --new-id")
                    + " puts it under a new id"));
  }
}
