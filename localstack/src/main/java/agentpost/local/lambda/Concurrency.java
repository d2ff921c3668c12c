package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lambda's PutFunctionConcurrency and DeleteFunctionConcurrency: with 0, a function is down, as on AWS, until it is given some again. */
public final class Concurrency implements AwsService {
  public static final String PREFIX = "/2017-10-31/functions/";
  private static final Pattern PATH = Pattern.compile(PREFIX + "([A-Za-z0-9_-]+)/concurrency");
  private static final JsonMapper JSON = new JsonMapper();
  private final FunctionHost functions;

  public Concurrency(FunctionHost functions) {
    this.functions = functions;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    Matcher path = PATH.matcher(request.path());
    try {
      if (!path.matches()) {
        throw unknown(request);
      }
      return switch (request.method()) {
        case "PUT" -> {
          int reserved = reserved(request);
          reserve(path.group(1), OptionalInt.of(reserved));
          yield json(200, JsonNodeFactory.instance.objectNode().put("ReservedConcurrentExecutions", reserved));
        }
        case "DELETE" -> {
          reserve(path.group(1), OptionalInt.empty());
          yield new AwsResponse(204, Map.of(), new byte[0]);
        }
        default -> throw unknown(request);
      };
    } catch (AwsException e) {
      ObjectNode error = JsonNodeFactory.instance.objectNode().put("Type", "User").put("message", e.description());
      AwsResponse answer = json(e.status(), error);
      return new AwsResponse(answer.status(), Map.of("Content-Type", "application/json", "x-amzn-ErrorType", e.code()), answer.body());
    }
  }

  private static AwsException unknown(AwsRequest request) {
    return AwsException.badRequest("UnknownOperationException", "The local cloud does not support Lambda " + request.method() + " " + request.path());
  }

  private static int reserved(AwsRequest request) {
    try {
      JsonNode reserved = JSON.readTree(request.body()).path("ReservedConcurrentExecutions");
      if (reserved.isInt() && reserved.intValue() >= 0) {
        return reserved.intValue();
      }
    } catch (IOException e) {
      throw AwsException.badRequest("InvalidRequestContentException", "Could not parse request body into json");
    }
    throw AwsException.badRequest("InvalidParameterValueException", "ReservedConcurrentExecutions must be 0 or more");
  }

  private void reserve(String function, OptionalInt concurrency) {
    if (!functions.reserve(function, concurrency)) {
      throw new AwsException(404, "ResourceNotFoundException", "Function not found: arn:aws:lambda:us-east-1:000000000000:function:" + function);
    }
  }

  private static AwsResponse json(int status, ObjectNode body) {
    return new AwsResponse(status, Map.of("Content-Type", "application/json"), body.toString().getBytes(UTF_8));
  }
}
