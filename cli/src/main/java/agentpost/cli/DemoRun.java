package agentpost.cli;

import agentpost.local.LocalCloud;
import agentpost.local.eventbridge.DeliveryListener.Happening;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Help.Ansi;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** Puts the example, prints what happens as it happens, and says what should have been seen and was not. */
final class DemoRun {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> AGENTS = List.of("personalization-agent", "support-notification", "trial-monitor", "welcome-agent");
  private static final List<String> ANSWERS = List.of("email.sent", "features.suggested", "support.alerted", "trial.started");
  private static final JsonMapper JSON = new JsonMapper();

  /** What is shown: the engine's happenings, and the functions' log lines. */
  private sealed interface Seen {
    record Delivery(Happening happening) implements Seen {}

    record Log(JsonNode line) implements Seen {}
  }

  private final LocalCloud cloud;
  private final PrintWriter out;
  private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
  private final Map<String, String> schemes = new HashMap<>();
  private final Set<String> delivered = new TreeSet<>();
  private final Set<String> acted = new TreeSet<>();
  private final Set<String> published = new TreeSet<>();
  private int refusals;
  private boolean deadLettered;

  DemoRun(LocalCloud cloud, PrintWriter out) {
    this.cloud = cloud;
    this.out = out;
    cloud.listen(happening -> seen.add(new Seen.Delivery(happening)));
    cloud.listenToLogs((_, line) -> logged(line));
  }

  private void logged(String line) {
    try {
      seen.add(new Seen.Log(JSON.readTree(line)));
    } catch (JsonProcessingException e) {
      seen.add(new Seen.Log(JSON.createObjectNode().put("message", "failure").put("reason", line)));
    }
  }

  List<String> run(Path entriesFile) throws IOException, InterruptedException {
    JsonNode entry = JSON.readTree(Files.readString(entriesFile)).path(0);
    try (DownAgent down = new DownAgent(cloud)) {
      say("", "one event in: " + entry.path("DetailType").asText() + " from " + entry.path("Source").asText());
      put(entry);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!complete() && System.nanoTime() < deadline) {
        Optional.ofNullable(seen.poll(200, TimeUnit.MILLISECONDS)).ifPresent(this::show);
      }
      Map<String, String> letter = down.letter();
      if (!letter.isEmpty()) {
        say("", "in agentpost-crm-sync-dlq: " + letter.get("ERROR_CODE") + ", " + letter.get("EXHAUSTED_RETRY_CONDITION") + ", RETRY_ATTEMPTS " + letter.get("RETRY_ATTEMPTS"));
      }
      int forged = forged(entry.path("Detail").asText());
      say(forged == 403 ? "green" : "red", "forged request to welcome-agent: " + forged + (forged == 403 ? " refused" : ""));
      return summary(letter, forged);
    }
  }

  private boolean complete() {
    return deadLettered && delivered.containsAll(AGENTS) && acted.containsAll(AGENTS) && published.containsAll(ANSWERS);
  }

  private void put(JsonNode entry) {
    try (EventBridgeClient events = cloud.clients("demo").create(EventBridgeClient.builder())) {
      PutEventsRequestEntry one =
          PutEventsRequestEntry.builder()
              .eventBusName(entry.path("EventBusName").asText())
              .source(entry.path("Source").asText())
              .detailType(entry.path("DetailType").asText())
              .detail(entry.path("Detail").asText())
              .build();
      events.putEvents(put -> put.entries(one));
    }
  }

  private void show(Seen one) {
    switch (one) {
      case Seen.Log(var line) -> logLine(line);
      case Seen.Delivery(var happening) -> happened(happening);
    }
  }

  private void logLine(JsonNode line) {
    String agent = line.path("agent").asText();
    if (line.path("message").asText().equals("attempt")) {
      schemes.put(agent, line.path("scheme").asText("none"));
      if (line.path("outcome").asText().equals("done")) {
        acted.add(agent);
        say("cyan", "acted      " + agent + ": " + line.path("note").asText());
      }
    }
    if (line.has("reason")) {
      say("red", "function   " + line.path("reason").asText());
    }
  }

  private void happened(Happening happening) {
    switch (happening) {
      case Happening.EventAccepted(var id, _, var source, var type, _) -> {
        published.add(type);
        say("bold", "accepted   " + type + " " + id + " from " + source);
      }
      case Happening.AttemptMade made when made.rule().equals("agentpost-log") -> {}
      case Happening.AttemptMade(_, var rule, var attempt, var status, var outcome, var took, var wait) -> {
        String agent = agent(rule);
        boolean good = status.filter(code -> code / 100 == 2).isPresent();
        if (good) {
          delivered.add(agent);
        } else {
          refusals++;
        }
        say(
            good ? "green" : "yellow",
            String.format(
                Locale.ROOT,
                "%-10s %s  attempt %d  %s  %s  %d ms%s",
                good ? "delivered" : "refused",
                agent,
                attempt,
                good ? schemes.getOrDefault(agent, "?") : "-",
                status.map(String::valueOf).orElse(outcome),
                took.toMillis(),
                wait.map(w -> String.format(Locale.ROOT, "  again in %.1f s", w.toMillis() / 1000.0)).orElse("")));
      }
      case Happening.DeadLettered(_, var rule, _, var code, _, var attempts) -> {
        deadLettered = true;
        say("red", "dead letter " + agent(rule) + " after " + attempts + " attempts: " + code);
      }
      case Happening.Dropped(_, var rule, var code, var message) -> say("red", "dropped    " + agent(rule) + ": " + code + " " + message);
    }
  }

  private static String agent(String rule) {
    return rule.replaceFirst("^agentpost-", "");
  }

  private int forged(String body) throws IOException, InterruptedException {
    String url = cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", "") + "/webhooks/welcome-agent";
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url))
              .header("X-Webhook-Signature", "sha256=" + "0".repeat(64))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  private List<String> summary(Map<String, String> letter, int forged) {
    List<String> missing = new ArrayList<>();
    AGENTS.stream().filter(agent -> !delivered.contains(agent)).forEach(agent -> missing.add("a delivery to " + agent));
    AGENTS.stream().filter(agent -> !acted.contains(agent)).forEach(agent -> missing.add(agent + " acting"));
    ANSWERS.stream().filter(type -> !published.contains(type)).forEach(type -> missing.add("the event " + type));
    cloud.outbox().forEach(mail -> say("", "e-mail to " + mail.to() + ": " + mail.subject()));
    if (cloud.outbox().size() != 2) {
      missing.add("two e-mails in the outbox; there are " + cloud.outbox().size());
    }
    Optional<String> trial = trial();
    trial.ifPresent(text -> say("", text));
    if (trial.isEmpty()) {
      missing.add("the trial in agentpost-agent-state");
    }
    if (letter.isEmpty()) {
      missing.add("the letter in agentpost-crm-sync-dlq");
    }
    if (forged != 403) {
      missing.add("403 for the forged request; it was " + forged);
    }
    if (refusals != DownAgent.RETRIES + 1) {
      missing.add((DownAgent.RETRIES + 1) + " refused attempts of crm-sync; there were " + refusals);
    }
    say(
        missing.isEmpty() ? "green" : "red",
        "summary: 1 event in, "
            + (delivered.size() + (letter.isEmpty() ? 0 : 1))
            + " deliveries = "
            + delivered.size()
            + " signed and acted on + "
            + (letter.isEmpty() ? 0 : 1)
            + " dead letter; "
            + (delivered.size() + refusals)
            + " attempts, "
            + (published.size() - 1)
            + " events published by agents, "
            + cloud.outbox().size()
            + " e-mails, 1 forgery refused");
    return missing;
  }

  private Optional<String> trial() {
    try (DynamoDbClient tables = cloud.clients("demo").create(DynamoDbClient.builder())) {
      AttributeValue none = AttributeValue.fromS("?");
      return tables.scan(scan -> scan.tableName("agentpost-agent-state")).items().stream()
          .findFirst()
          .map(row -> "row " + row.getOrDefault("key", none).s() + " in agentpost-agent-state, until " + row.getOrDefault("ends_at", none).s());
    }
  }

  private void say(String colour, String text) {
    out.println(colour.isEmpty() ? text : Ansi.AUTO.string("@|" + colour + " " + text.replace("|@", "") + "|@"));
    out.flush();
  }
}
