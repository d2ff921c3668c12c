package agentpost.cli.events;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.LabelledLines;
import agentpost.cli.terminal.LengthConverter;
import agentpost.local.eventbridge.input.Patterns;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;

/** {@code agentpost events tail}: the bus, as it goes. */
@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    description = {
      "Follows the bus until Ctrl-C: a line for each event, and for each delivery of it to an"
          + " agent, by the logs of the bus and the relay. Times are UTC.",
      "On AWS it needs logs:FilterLogEvents, and lines come some seconds late."
    },
    footer = {"", "Example:", "  ./agentpost events tail --type user.signed_up"})
final class EventsTailCommand implements Callable<Integer> {
  /**
   * AWS answers five such calls a second in an account (CloudWatch Logs user guide, "CloudWatch
   * Logs quotas"); a look takes two.
   */
  private static final Duration AWS_PAUSE = Duration.ofSeconds(2);

  private static final Duration LOCAL_PAUSE = Duration.ofMillis(300);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Of events whose types are known to the lines of their deliveries. */
  private static final int MAX_TYPES = 10_000;

  @Spec private CommandSpec spec;
  @Mixin private final CloudOptions place = new CloudOptions();
  @Mixin private final JsonOption json = new JsonOption();

  @Option(
      names = "--type",
      paramLabel = "EVENT",
      description = "Only events of this type; repeatable.")
  private Set<String> wanted = Set.of();

  @Option(
      names = "--agent",
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "Only events that this agent receives, and deliveries to it.")
  private @Nullable AgentName agent;

  @Option(
      names = "--last",
      paramLabel = "LENGTH",
      converter = LengthConverter.class,
      description = "Begins so long ago, such as 90m, 36h or 7d (default: now).")
  private Duration last = Duration.ZERO;

  private final Map<String, String> types =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX_TYPES;
        }
      };

  @Override
  public Integer call() {
    place.names();
    place.requireStack(place.stacks());
    Optional<String> pattern = Optional.ofNullable(agent).map(this::pattern);
    StackLogs logs = new StackLogs(place, place.now().minus(last));
    PrintWriter out = spec.commandLine().getOut();
    try {
      while (true) {
        for (StackLogs.Line line : logs.next()) {
          if (line.json().isEmpty()) {
            continue;
          }
          if (line.isEvent() ? isWanted(line.json(), pattern) : isWanted(line.json())) {
            print(line, out);
          }
        }
        Thread.sleep(place.isAws() ? AWS_PAUSE : LOCAL_PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** By which its rule takes events. */
  private String pattern(AgentName name) {
    DeclaredAgent.require(place, name);
    return place.withClient(
        EventBridgeClient.builder(),
        client ->
            client
                .describeRule(
                    describe ->
                        describe
                            .eventBusName(place.prefix())
                            .name(place.names().agent(name.value())))
                .eventPattern());
  }

  private boolean isWanted(JsonNode event, Optional<String> pattern) {
    String type = event.path("detail-type").asText();
    types.put(id(event), type);
    return (wanted.isEmpty() || wanted.contains(type))
        && pattern.map(each -> Patterns.matches(each, event.toString())).orElse(true);
  }

  private boolean isWanted(JsonNode delivery) {
    return (wanted.isEmpty() || wanted.contains(type(delivery)))
        && (agent == null || delivery.path("agent").asText().equals(agent.value()));
  }

  private static String id(JsonNode event) {
    return event.at("/detail/event_id").asText(event.path("id").asText());
  }

  /** Empty of an event from before. */
  private String type(JsonNode delivery) {
    return types.getOrDefault(delivery.path("event_id").asText(), "");
  }

  private void print(StackLogs.Line line, PrintWriter out) {
    if (json.isSet()) {
      ObjectNode text = line.json().deepCopy();
      out.println(text.put("at", line.at().toString()));
      out.flush();
      return;
    }
    String at = TIME.format(line.at()) + "  ";
    LabelledLines lines = new LabelledLines(out);
    if (line.isEvent()) {
      JsonNode event = line.json();
      lines.say(
          "bold",
          "event",
          at
              + event.path("detail-type").asText()
              + " from "
              + event.path("source").asText()
              + ", "
              + id(event));
      return;
    }
    JsonNode delivery = line.json();
    String outcome = delivery.path("outcome").asText();
    String status = delivery.path("agent_status").asText(delivery.path("status").asText());
    lines.say(
        outcome.equals("delivered") ? "green" : "yellow",
        outcome,
        at
            + delivery.path("agent").asText()
            + "  "
            + (type(delivery).isEmpty() ? delivery.path("event_id").asText() : type(delivery))
            + ": "
            + status
            + (delivery.has("duration_ms")
                ? ", " + delivery.path("duration_ms").asText() + " ms"
                : "")
            + (delivery.has("reason") ? "; " + delivery.path("reason").asText() : ""));
  }
}
