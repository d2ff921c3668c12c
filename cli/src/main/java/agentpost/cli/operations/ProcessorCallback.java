package agentpost.cli.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.cloud.Door;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A processor's callback about an operation, signed with the processor's secret. */
public final class ProcessorCallback {
  private final Door door;
  private final Signer signer;
  private final String operation;

  /**
   * @param apiUrl of the stage
   * @param secret the processor's
   * @throws IllegalArgumentException if the secret cannot be used
   */
  public ProcessorCallback(String apiUrl, String secret, String operation) {
    this.door = new Door(apiUrl + "/webhooks/process-complete");
    this.signer = new Signer(WebhookKeyStore.parse(secret));
    this.operation = operation;
  }

  /** Nothing if nobody answered. */
  public Optional<Door.Answer> complete(ObjectNode result) {
    ObjectNode callback = callback("completed");
    callback.set("result", result);
    return post(callback);
  }

  /** Nothing if nobody answered. */
  public Optional<Door.Answer> fail(String error) {
    return post(callback("failed").put("error", error));
  }

  private ObjectNode callback(String status) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("correlation_id", operation)
        .put("status", status);
  }

  private Optional<Door.Answer> post(ObjectNode callback) {
    byte[] body = callback.toString().getBytes(UTF_8);
    Map<String, String> headers = signer.sign(operation, Instant.now(), body);
    headers.put("Content-Type", "application/json");
    return door.post(headers, body);
  }
}
