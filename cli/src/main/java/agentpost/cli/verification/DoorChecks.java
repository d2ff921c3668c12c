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
  private static final String PROBLEM = "application/problem+json";
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
    return outcomes.values().stream()
        .filter(outcome -> !(outcome instanceof Outcome.Passed))
        .findFirst()
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

  /** API Gateway answers 403 itself where there is no such route, or the caller is turned away. */
  private static Outcome refused(Probe probe, String path) {
    Optional<HttpResponse<Void>> answer = send(probe.stage().apiUrl() + "/" + path, "{}");
    if (answer.isEmpty()) {
      return new Outcome.Failed("nobody answered at " + path);
    }
    int status = answer.get().statusCode();
    if (status != 403 && status != 400) {
      return new Outcome.Failed("it answered " + status + " at " + path);
    }
    return answer.get().headers().firstValue("Content-Type").orElse("").startsWith(PROBLEM)
        ? new Outcome.Passed("answered " + status)
        : new Outcome.Skipped("API Gateway answers " + status + " at " + path + " by itself");
  }

  /** The status; nothing if nobody answered. */
  static Optional<Integer> post(String url, String body) {
    return send(url, body).map(HttpResponse::statusCode);
  }

  private static Optional<HttpResponse<Void>> send(String url, String body) {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      return Optional.of(
          http.send(
              HttpRequest.newBuilder(URI.create(url))
                  .timeout(TIMEOUT)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.discarding()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted");
    }
  }
}
