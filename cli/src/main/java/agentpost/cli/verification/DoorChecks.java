package agentpost.cli.verification;

import agentpost.catalog.Directory;
import agentpost.cli.terminal.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * Strangers at the stage's doors. What a stage's own sources and processors would do has effects.
 */
final class DoorChecks {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String EFFECTS =
      "would have the stage's own agents act; only their refusals are seen here";

  private DoorChecks() {}

  static List<Check> all() {
    return List.of(
        new Check(
            "callbacks",
            "a callback that nobody signed is refused",
            0,
            0,
            probe -> refused(probe, "webhooks/process-complete")),
        new Check(
            "callbacks",
            "an operation ends by its callback or its deadline",
            0,
            0,
            _ -> new Outcome.Skipped(EFFECTS)),
        new Check("ingest", "what no source signed is refused", 0, 0, DoorChecks::ingest),
        new Check(
            "ingest",
            "what a source signed becomes events",
            0,
            0,
            _ -> new Outcome.Skipped(EFFECTS)));
  }

  private static Outcome ingest(Probe probe) {
    Map<String, Outcome> outcomes = new TreeMap<>();
    for (String source : sources(probe)) {
      outcomes.put(source, refused(probe, "ingest/" + source));
    }
    return outcomes.entrySet().stream()
        .filter(one -> one.getValue() instanceof Outcome.Failed)
        .findFirst()
        .<Outcome>map(one -> new Outcome.Failed(one.getKey() + ": " + one.getValue().text()))
        .orElseGet(
            () ->
                outcomes.isEmpty()
                    ? new Outcome.Skipped("the stage has no sources")
                    : new Outcome.Passed(String.join(", ", outcomes.keySet())));
  }

  private static Iterable<String> sources(Probe probe) {
    return probe
        .place()
        .withClient(
            SecretsManagerClient.builder(),
            client -> {
              try {
                String directory = probe.names().sourceDirectory();
                return Directory.read(
                        client.getSecretValue(get -> get.secretId(directory)).secretString())
                    .keySet();
              } catch (ResourceNotFoundException e) {
                return List.<String>of();
              }
            });
  }

  private static Outcome refused(Probe probe, String path) {
    Optional<Integer> status = post(probe.stage().apiUrl() + "/" + path, "{}");
    // API Gateway's own answer where there is no such route.
    if (status.equals(Optional.of(403)) || status.equals(Optional.of(400))) {
      return new Outcome.Passed("answered " + status.get());
    }
    return new Outcome.Failed(
        status.map(one -> "it answered " + one).orElse("nobody answered at " + path));
  }

  /** The status; nothing if nobody answered. */
  static Optional<Integer> post(String url, String body) {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      return Optional.of(
          http.send(
                  HttpRequest.newBuilder(URI.create(url))
                      .timeout(TIMEOUT)
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(body))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode());
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted");
    }
  }
}
