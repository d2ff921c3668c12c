package agentpost.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** What a local cloud tells of itself beside AWS's services. */
final class LocalCloudPages {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private LocalCloudPages() {}

  /** Nothing of an endpoint that is not one of ours, such as LocalStack's. */
  static Optional<JsonNode> read(URI page) {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
      HttpRequest request = HttpRequest.newBuilder(page).timeout(CONNECT_TIMEOUT).build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 404
          ? Optional.empty()
          : Optional.of(new JsonMapper().readTree(answer.body()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
