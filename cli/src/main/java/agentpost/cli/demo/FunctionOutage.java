package agentpost.cli.demo;

import agentpost.cli.terminal.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * Takes functions down and up again by their concurrency, as Lambda's PutFunctionConcurrency and
 * DeleteFunctionConcurrency do.
 */
record FunctionOutage(URI endpoint) {
  void begin(String function) throws IOException, InterruptedException {
    send(function, "PUT", "{\"ReservedConcurrentExecutions\":0}");
  }

  void end(String function) throws IOException, InterruptedException {
    send(function, "DELETE", "");
  }

  private void send(String function, String method, String body)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  endpoint.resolve("/2017-10-31/functions/" + function + "/concurrency"))
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new CommandFailure(
            "the function " + function + " cannot be taken down or up: " + answer.body());
      }
    }
  }
}
