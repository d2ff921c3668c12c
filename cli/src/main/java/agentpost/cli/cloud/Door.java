package agentpost.cli.cloud;

import agentpost.cli.terminal.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A URL that takes POSTs from anyone. */
public record Door(String url) {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String PROBLEM = "application/problem+json";

  /**
   * @param isProblem whether a function refused it; API Gateway's own answers are none
   */
  public record Answer(int status, boolean isProblem, String body) {}

  /** Nothing if nobody answered. */
  public Optional<Answer> post(Map<String, String> headers, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(TIMEOUT)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::setHeader);
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return Optional.of(
          new Answer(
              answer.statusCode(),
              answer.headers().firstValue("Content-Type").orElse("").startsWith(PROBLEM),
              answer.body()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted");
    }
  }
}
