package agentpost.cli.demo;

import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.LocalCloud;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/**
 * Puts the example, shows what happens as it happens, looks at what is left, and says what should
 * have been seen and was not.
 */
final class DemoRun {
  /**
   * Without trouble it takes four seconds; a machine that does much else may need several times
   * that.
   */
  private static final Duration STEP_TIMEOUT = Duration.ofSeconds(60);

  private static final JsonMapper JSON = new JsonMapper();

  /** What is shown: the engine's happenings, and the functions' log lines. */
  private sealed interface Observation {
    record Delivery(DeliveryEvent happening) implements Observation {}

    record Log(String function, JsonNode line) implements Observation {}
  }

  private final LocalCloud cloud;
  private final LabelledLines screen;
  private final Duration patience;
  private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();

  DemoRun(LocalCloud cloud, LabelledLines screen) {
    this(cloud, screen, STEP_TIMEOUT);
  }

  DemoRun(LocalCloud cloud, LabelledLines screen, Duration patience) {
    this.cloud = cloud;
    this.screen = screen;
    this.patience = patience;
    cloud.listen(happening -> seen.add(new Observation.Delivery(happening)));
    cloud.listenToLogs((function, line) -> seen.add(new Observation.Log(function, parse(line))));
  }

  /** A line that is not JSON is one of Lambda's own, or of a failure at init. */
  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode().put("reason", line);
    }
  }

  /**
   * @return what was missing; nothing if all of it was seen
   */
  List<String> run(DemoEvent event) throws IOException, InterruptedException {
    DemoStory story = new DemoStory(screen, event.id());
    try (UnavailableAgent down = new UnavailableAgent(cloud)) {
      screen.say(
          "bold",
          "added",
          UnavailableAgent.NAME
              + ", an agent beside the catalog's that is down: it answers 503 to everything");
      screen.say(
          "bold",
          "event",
          event.entry().detailType()
              + ", the example in put-events.json with its timestamp set to now: "
              + event.entry().time());
      put(event);
      long deadline = System.nanoTime() + patience.toNanos();
      while (!story.isOver() && System.nanoTime() < deadline) {
        Optional.ofNullable(seen.poll(200, TimeUnit.MILLISECONDS))
            .ifPresent(one -> show(one, story));
      }
      Map<String, String> letter = down.letter();
      if (!letter.isEmpty()) {
        screen.say(
            "yellow",
            "dead letter",
            "in "
                + UnavailableAgent.QUEUE
                + ": ERROR_CODE "
                + letter.get("ERROR_CODE")
                + ", EXHAUSTED_RETRY_CONDITION "
                + letter.get("EXHAUSTED_RETRY_CONDITION")
                + ", RETRY_ATTEMPTS "
                + letter.get("RETRY_ATTEMPTS"));
      }
      int forged = sendForgery(event);
      screen.say(
          forged == 403 ? "green" : "red",
          "forged",
          "a request to welcome-agent with a made-up signature: "
              + forged
              + (forged == 403 ? ", refused" : ""));
      DemoEffects effects = DemoEffects.of(cloud);
      effects.show(screen);
      return findMissing(story, letter, forged, effects);
    }
  }

  private void put(DemoEvent event) {
    try (EventBridgeClient events = cloud.clients("demo").create(EventBridgeClient.builder())) {
      PutEventsResultEntry result =
          events.putEvents(put -> put.entries(event.entry())).entries().getFirst();
      if (result.errorCode() != null) {
        throw new CommandFailure(
            "the event was not accepted: " + result.errorCode() + ": " + result.errorMessage());
      }
    }
  }

  private static void show(Observation one, DemoStory story) {
    switch (one) {
      case Observation.Log(var function, var line) -> story.onLogLine(function, line);
      case Observation.Delivery(var happening) -> story.onEvent(happening);
    }
  }

  private int sendForgery(DemoEvent event) throws IOException, InterruptedException {
    String url =
        cloud.outputs().getOrDefault(ResourceNames.PRODUCT, Map.of()).getOrDefault("ApiUrl", "")
            + "/webhooks/welcome-agent";
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url))
              .header("X-Webhook-Signature", "sha256=" + "0".repeat(64))
              .POST(HttpRequest.BodyPublishers.ofString(event.entry().detail()))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  private List<String> findMissing(
      DemoStory story, Map<String, String> letter, int forged, DemoEffects effects) {
    List<String> missing = new ArrayList<>(story.findMissing());
    if (letter.isEmpty()) {
      missing.add("the event in " + UnavailableAgent.QUEUE);
    }
    if (forged != 403) {
      missing.add("403 for the forged request; it was " + forged);
    }
    missing.addAll(effects.findMissing());
    String colour = missing.isEmpty() ? "green" : "red";
    screen.say(colour, "summary", String.join("; ", story.sums()));
    screen.say("", "", effects.sum() + (forged == 403 ? ", 1 forgery refused" : ""));
    if (missing.isEmpty()) {
      screen.say(colour, "seen", "everything that this demo should show");
    }
    return missing;
  }
}
