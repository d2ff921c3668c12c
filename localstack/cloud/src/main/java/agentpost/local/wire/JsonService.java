package agentpost.local.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A service that speaks AWS JSON 1.0 or 1.1: the operation is the part of {@code X-Amz-Target}
 * after the dot, input and output are JSON objects, an error is {@code {"__type":code,"message":…}}
 * with {@code x-amzn-ErrorType}.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html">AWS JSON 1.1</a>
 */
public final class JsonService implements AwsService {
  /** One operation. Errors that the caller is to see are {@link AwsException}s. */
  @FunctionalInterface
  public interface Operation {
    JsonNode call(ObjectNode input);
  }

  /**
   * Each request is a thread of its own, so buffers that belong to threads would be made for each.
   */
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                  .build())
          .build();

  private final String name;
  private final String contentType;
  private final Map<String, Operation> operations;

  /**
   * @param name as AWS spells it in errors, such as {@code EventBridge}
   * @param jsonVersion {@code 1.0} or {@code 1.1}
   */
  public JsonService(String name, String jsonVersion, Map<String, Operation> operations) {
    this.name = name;
    this.contentType = "application/x-amz-json-" + jsonVersion;
    this.operations = Map.copyOf(operations);
  }

  /** The names of all that it answers. */
  public Set<String> operations() {
    return operations.keySet();
  }

  /** Calls an operation as a client would, for callers inside this JVM. */
  public JsonNode call(String operation, ObjectNode input) {
    Operation implementation = operations.get(operation);
    if (implementation == null) {
      throw AwsException.badRequest(
          "UnknownOperationException",
          "The local cloud does not support " + name + " " + operation);
    }
    return implementation.call(input);
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    String target = request.header("x-amz-target").orElse("");
    try {
      return answer(200, Map.of(), call(target.substring(target.indexOf('.') + 1), input(request)));
    } catch (AwsException e) {
      ObjectNode error =
          JsonNodeFactory.instance
              .objectNode()
              .put("__type", e.code())
              .put("message", e.description());
      return answer(e.status(), Map.of("x-amzn-ErrorType", e.code()), error);
    }
  }

  private static ObjectNode input(AwsRequest request) {
    if (request.body().length == 0) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      if (JSON.readTree(request.body()) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw new AwsException(400, "SerializationException", "The request's body is not JSON");
    }
    throw new AwsException(
        400, "SerializationException", "The request's body is not a JSON object");
  }

  private AwsResponse answer(int status, Map<String, String> headers, JsonNode body) {
    try {
      var all = new LinkedHashMap<>(headers);
      all.put("Content-Type", contentType);
      return new AwsResponse(status, all, JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
