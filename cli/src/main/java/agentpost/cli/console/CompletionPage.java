package agentpost.cli.console;

import agentpost.cli.cloud.Door;
import agentpost.cli.operations.OperationView;
import agentpost.cli.operations.OperationsOptions;
import agentpost.cli.operations.ProcessorCallback;
import agentpost.cli.terminal.CommandFailure;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** Ends an open operation by hand: a callback as its processor would send it, with its secret. */
final class CompletionPage {
  private final OperationsOptions place;
  private final Supplier<String> apiUrl;

  /**
   * @param apiUrl whose door processors call
   */
  CompletionPage(OperationsOptions place, Supplier<String> apiUrl) {
    this.place = place;
    this.apiUrl = apiUrl;
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
    if (page.field("ending").equals("failed")) {
      return send(operation, result, error, callback -> callback.fail(error));
    }
    return switch (Json.parse(result)) {
      case Json.Parsed.Read(ObjectNode read) ->
          send(operation, result, error, callback -> callback.complete(read));
      case Json.Parsed.Read _ ->
          form(operation, result, error, "The result must be a JSON object.");
      case Json.Parsed.NotJson(var why) ->
          form(operation, result, error, "The result " + why + ".");
    };
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

  private View send(
      OperationView operation,
      String result,
      String error,
      Function<ProcessorCallback, Optional<Door.Answer>> call) {
    Optional<Door.Answer> answer = call.apply(callback(operation));
    return answer.filter(one -> one.status() == 200).isPresent()
        ? new View.Redirect(Links.to("operations"))
        : form(
            operation,
            result,
            error,
            answer
                .map(one -> "The callback was refused: " + one.status() + " " + one.body())
                .orElse("Nobody answered the callback."));
  }

  private ProcessorCallback callback(OperationView operation) {
    String name = place.names().processorSecret(operation.processor());
    String secret =
        place
            .withClient(SecretsManagerClient.builder(), client -> find(client, name))
            .orElseThrow(() -> new CommandFailure("there is no secret " + name));
    try {
      return new ProcessorCallback(apiUrl.get(), secret, operation.id());
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
