package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.operations.OperationView;
import agentpost.cli.operations.OperationsOptions;
import agentpost.cli.terminal.CommandFailure;
import agentpost.schemas.Json;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** Ends an open operation by hand: a callback as its processor would send it, with its secret. */
final class CompletionPage {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final OperationsOptions place;
  private final Supplier<URI> callbacks;

  /**
   * @param callbacks where processors call back
   */
  CompletionPage(OperationsOptions place, Supplier<URI> callbacks) {
    this.place = place;
    this.callbacks = callbacks;
  }

  View handle(PageRequest page) {
    String id = page.isPost() ? page.field("id") : page.query("id");
    OperationView operation =
        place
            .find(id)
            .orElseThrow(() -> new CommandFailure("there is no operation with the id " + id));
    if (!page.isPost()) {
      return form(operation, "{}", "", "");
    }
    String result = page.field("result");
    String error = page.field("error");
    ObjectNode callback = JsonNodeFactory.instance.objectNode().put("correlation_id", id);
    if (page.field("ending").equals("failed")) {
      callback.put("status", "failed").put("error", error);
    } else {
      switch (Json.parse(result)) {
        case Json.Parsed.Read(ObjectNode read) ->
            callback.put("status", "completed").set("result", read);
        case Json.Parsed.Read _ -> {
          return form(operation, result, error, "The result must be a JSON object.");
        }
        case Json.Parsed.NotJson(var why) -> {
          return form(operation, result, error, "The result " + why + ".");
        }
      }
    }
    return send(operation, callback)
        .<View>map(
            refusal -> form(operation, result, error, "The callback was refused: " + refusal))
        .orElseGet(() -> new View.Redirect(Links.to("operations")));
  }

  private static View.Html form(
      OperationView operation, String result, String error, String mistake) {
    return new View.Html(
        "completion",
        "End " + operation.purpose(),
        "operations",
        Map.of(
            "id", operation.id(),
            "open", operation.isOpen(),
            "agent", operation.agent(),
            "processor", operation.processor(),
            "request", operation.request().orElse("{}"),
            "result", result,
            "error", error,
            "mistake", mistake));
  }

  /** What the answer says if it is a refusal. */
  private Optional<String> send(OperationView operation, ObjectNode callback) {
    byte[] body = callback.toString().getBytes(UTF_8);
    Map<String, String> headers =
        signer(operation.processor()).sign(operation.id(), Instant.now(), body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(callbacks.get())
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::setHeader);
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? Optional.empty()
          : Optional.of(answer.statusCode() + " " + answer.body());
    } catch (IOException e) {
      return Optional.of("nobody answered");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted");
    }
  }

  private Signer signer(String processor) {
    String name = place.names().processorSecret(processor);
    String secret =
        place
            .withClient(SecretsManagerClient.builder(), client -> find(client, name))
            .orElseThrow(() -> new CommandFailure("there is no secret " + name));
    try {
      return new Signer(WebhookKeyStore.parse(secret));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("the secret " + name + " cannot be used: " + e.getMessage());
    }
  }

  private static Optional<String> find(SecretsManagerClient client, String name) {
    try {
      return Optional.of(client.getSecretValue(get -> get.secretId(name)).secretString());
    } catch (ResourceNotFoundException e) {
      return Optional.empty();
    }
  }
}
