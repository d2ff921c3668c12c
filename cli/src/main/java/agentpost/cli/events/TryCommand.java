package agentpost.cli.events;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.ShellWord;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/** {@code agentpost try}: events onto a local cloud's bus, and what becomes of them. */
@Command(
    name = "try",
    mixinStandardHelpOptions = true,
    description = {
      "Puts an event on a local cloud's bus. Shows every delivery attempt, of the event and of"
          + " those that agents publish in answer, until all deliveries have ended. The event gets"
          + " a new event_id, so agents act on it again.",
      "Exits with 1 if a delivery became a dead letter, with 0 if no agent hears the event."
    },
    footer = {
      "",
      "Example:",
      "  ./agentpost try \\",
      "    events-schemas/user.signed_up/examples/premium-trial.json"
    })
public final class TryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description =
          "The event's envelope as JSON, or entries as aws events put-events takes them. A"
              + " project's are in its events-schemas/TYPE/examples; the example below is a"
              + " clone's.")
  private Path file;

  @Mixin private final CloudOptions place = new CloudOptions();

  @Override
  public Integer call() throws InterruptedException {
    place.requireOnePlace();
    if (place.isAws()) {
      throw new CommandFailure(
          "only a local cloud shows what happens to an event; on AWS put it with "
              + place.nextCommand("put " + ShellWord.quote(file.toString()))
              + " and look at the relay's log");
    }
    EventFile events = new EventFile(file, place, true);
    List<PutEventsRequestEntry> entries = events.read();
    DeliveryWatch watch = DeliveryWatch.of(place);
    List<PutEventsResultEntry> results =
        place.withClient(
            EventBridgeClient.builder(),
            client -> {
              events.requireBuses(client, entries);
              return client.putEvents(put -> put.entries(entries)).entries();
            });
    PrintWriter out = spec.commandLine().getOut();
    boolean isWell = true;
    for (int i = 0; i < entries.size(); i++) {
      PutEventsResultEntry result = results.get(i);
      if (result.errorCode() != null) {
        isWell = false;
        PlainWriter.say(
            spec.commandLine().getErr(),
            "agentpost: "
                + events.positionOf(i, entries.size())
                + ": "
                + result.errorCode()
                + ": "
                + result.errorMessage());
      } else {
        isWell &= watch.follow(HandledEventCheck.id(entries.get(i)), out);
      }
    }
    return isWell ? 0 : 1;
  }
}
