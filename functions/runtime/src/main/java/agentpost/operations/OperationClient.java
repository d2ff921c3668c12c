package agentpost.operations;

import static agentpost.catalog.EnvironmentVariables.CALLBACK_URL;
import static agentpost.catalog.EnvironmentVariables.OPERATIONS_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_URL;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.http.HttpPost;
import agentpost.http.TransientStatus;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Starts long work at a processor. It records an operation before it sends it. After a crash, or
 * when the answer is lost, the agent starts it again; the request then has the same correlation_id
 * and data as before, so the work is done once.
 */
public final class OperationClient {
  /**
   * More than fits beside its result in a row of DynamoDB's 400 KB, twice: as it is and in the
   * event.
   */
  public static final int MAX_DATA_BYTES = 64 * 1024;

  /** What is left of an agent's 4.5 s after the rest of its work. */
  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(3);

  /**
   * @param processorUrl where requests go
   * @param callbackUrl where the processor is to answer
   * @param clock that signatures go by
   * @param secretPrefix what a processor's secret id begins with, before its name
   */
  record Parts(
      OperationsTable table,
      HttpPost outbound,
      WebhookKeyStore secrets,
      String secretPrefix,
      URI processorUrl,
      URI callbackUrl,
      Clock clock,
      Clock deadlines) {}

  private final Parts parts;

  OperationClient(Parts parts) {
    this.parts = parts;
  }

  /** Reads OPERATIONS_TABLE, PROCESSOR_URL, CALLBACK_URL, PROCESSOR_SECRET_PREFIX. */
  public static OperationClient from(Platform platform) {
    Environment environment =
        Environment.require(
            platform.environment(),
            OPERATIONS_TABLE,
            PROCESSOR_URL,
            CALLBACK_URL,
            PROCESSOR_SECRET_PREFIX);
    return new OperationClient(
        new Parts(
            OperationsTable.from(platform),
            new HttpPost(platform.http(), platform.clock()),
            new WebhookKeyStore(SecretStore.from(platform)),
            environment.get(PROCESSOR_SECRET_PREFIX),
            URI.create(environment.get(PROCESSOR_URL)),
            URI.create(environment.get(CALLBACK_URL)),
            platform.clock(),
            platform.deadlines()));
  }

  public StartResult start(OperationRequest request) {
    OperationId id = request.id();
    try {
      Operation operation = parts.table().record(request, parts.deadlines().instant());
      if (operation.ending().isPresent()) {
        return new StartResult.AlreadyFinished(id, operation.status());
      }
      // Past the deadline there is nothing to send: the timeout handler is about to say so.
      return operation.accepted() || operation.isPastDeadline(parts.deadlines().instant())
          ? new StartResult.Accepted(id)
          : sendWithKey(operation);
    } catch (SdkException e) {
      return new StartResult.TryAgain(
          id, "the operations table did not answer: " + e.getClass().getSimpleName());
    }
  }

  private StartResult sendWithKey(Operation operation) {
    return switch (parts.secrets().of(parts.secretPrefix() + operation.processor())) {
      case WebhookKeyStore.Lookup.Found(var secrets) -> send(operation, secrets);
      case WebhookKeyStore.Lookup.Unusable(var why) ->
          new StartResult.TryAgain(operation.id(), why);
      case WebhookKeyStore.Lookup.Unavailable(var why) ->
          new StartResult.TryAgain(operation.id(), why);
    };
  }

  private StartResult send(Operation operation, KeySet secrets) {
    Instant now = parts.clock().instant();
    byte[] body = body(operation);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", "agentpost-operations");
    headers.putAll(new Signer(secrets).sign(operation.id().value(), now, body));
    return switch (parts.outbound().post(parts.processorUrl(), headers, body, SEND_TIMEOUT)) {
      case HttpPost.Answer.Answered answered ->
          handleAnswer(operation, answered.status(), answered.retryAfter().isPresent());
      case HttpPost.Answer.TimedOut _ ->
          new StartResult.TryAgain(operation.id(), "the processor did not answer in time");
      case HttpPost.Answer.Unreachable(var why) ->
          new StartResult.TryAgain(operation.id(), "the processor could not be reached: " + why);
    };
  }

  /**
   * What the processor says is wrong with the request itself will be wrong next time, unless its
   * answer is one that passes, such as a 413 with Retry-After; anything else may be mended before
   * the deadline.
   */
  private StartResult handleAnswer(Operation operation, int status, boolean hasRetryAfter) {
    OperationId id = operation.id();
    if (TransientStatus.matches(status, hasRetryAfter)) {
      return new StartResult.TryAgain(id, "the processor answered " + status);
    }
    return switch (status) {
      case 200, 201, 202, 204 -> {
        parts.table().recordAccepted(id, parts.deadlines().instant());
        yield new StartResult.Accepted(id);
      }
      case 400, 413, 422 ->
          recordRefusal(
              operation,
              new OperationResult.Failed("the processor refused the request with " + status));
      default -> new StartResult.TryAgain(id, "the processor answered " + status);
    };
  }

  private StartResult recordRefusal(Operation operation, OperationResult.Failed ending) {
    return switch (parts.table().end(operation, ending, parts.deadlines().instant())) {
      case OperationsTable.EndResult.Won(var ended) ->
          new StartResult.AlreadyFinished(ended.id(), ended.status());
      case OperationsTable.EndResult.Lost(var other) when other.ending().isPresent() ->
          new StartResult.AlreadyFinished(other.id(), other.status());
      case OperationsTable.EndResult.Lost(var late) -> new StartResult.Accepted(late.id());
      case OperationsTable.EndResult.Unknown _ ->
          new StartResult.TryAgain(operation.id(), "its row is gone");
    };
  }

  private byte[] body(Operation operation) {
    ObjectNode body = operation.request().objectNode();
    body.set("data_to_process", operation.request());
    return body.put("callback_url", parts.callbackUrl().toString())
        .put("correlation_id", operation.id().value())
        .toString()
        .getBytes(UTF_8);
  }
}
