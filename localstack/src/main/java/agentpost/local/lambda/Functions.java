package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lambda's Invoke, GetFunctionConfiguration and ListFunctions, for functions that were deployed here, whichever version is asked for. A function that
 * fails is answered for with 200 and {@code X-Amz-Function-Error}, as on AWS (Lambda API reference, "Invoke").
 */
public final class Functions implements AwsService {
  public static final String PREFIX = "/2015-03-31/functions";
  private static final Pattern PATH =
      Pattern.compile(PREFIX + "/(?:arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:)?([A-Za-z0-9_-]+)(?::[A-Za-z0-9$_-]+)?/(invocations|configuration)");
  private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:";
  private static final Pattern FAILURE = Pattern.compile("(?s)failed(?: at init)?: ([\\w.$]+)(?:: (.*))?");
  private final FunctionHost functions;
  private final AsyncInvocations unanswered;
  private final Function<String, Optional<String>> roles;

  /**
   * @param unanswered what becomes of an invocation of type Event
   * @param roles a function's role's ARN, by its name
   */
  public Functions(FunctionHost functions, AsyncInvocations unanswered, Function<String, Optional<String>> roles) {
    this.functions = functions;
    this.unanswered = unanswered;
    this.roles = roles;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    try {
      String path = URLDecoder.decode(request.path(), UTF_8);
      if (request.method().equals("GET") && (path.equals(PREFIX) || path.equals(PREFIX + "/"))) {
        return listed();
      }
      Matcher one = PATH.matcher(path);
      return switch (one.matches() ? request.method() + " " + one.group(2) : "") {
        case "GET configuration" -> json(200, configuration(functions.settings(one.group(1)).orElseThrow(() -> notFound(one.group(1)))));
        case "POST invocations" -> invoked(one.group(1), request);
        default -> throw AwsException.badRequest("UnknownOperationException", "The local cloud does not support lambda: " + request.method() + " " + request.path());
      };
    } catch (AwsException e) {
      ObjectNode error = JsonNodeFactory.instance.objectNode().put("Type", e.status() < 500 ? "User" : "Service").put("message", e.description());
      return new AwsResponse(e.status(), Map.of("Content-Type", "application/json", "x-amzn-ErrorType", e.code()), error.toString().getBytes(UTF_8));
    }
  }

  private AwsResponse listed() {
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    ArrayNode all = list.putArray("Functions");
    functions.all().forEach(function -> all.add(configuration(function)));
    return json(200, list.putNull("NextMarker"));
  }

  private ObjectNode configuration(FunctionSettings function) {
    ObjectNode all =
        JsonNodeFactory.instance
            .objectNode()
            .put("FunctionName", function.name())
            .put("FunctionArn", ARN + function.name())
            .put("Handler", function.handler())
            .put("Timeout", function.timeout().toSeconds())
            .put("MemorySize", function.memory())
            .put("Version", "$LATEST")
            .put("State", "Active")
            .put("LastUpdateStatus", "Successful")
            .put("PackageType", "Zip");
    roles.apply(function.name()).ifPresent(role -> all.put("Role", role));
    all.putObject("SnapStart").put("ApplyOn", function.snapStart() ? "PublishedVersions" : "None");
    ObjectNode variables = all.putObject("Environment").putObject("Variables");
    new TreeMap<>(function.environment()).forEach(variables::put);
    return all;
  }

  private AwsResponse invoked(String name, AwsRequest request) {
    String event = request.body().length == 0 ? "{}" : new String(request.body(), UTF_8);
    String type = request.header("x-amz-invocation-type").orElse("RequestResponse");
    return switch (type) {
      case "RequestResponse" -> answered(name, event);
      case "Event" -> {
        if (!unanswered.accept(name, event)) {
          throw notFound(name);
        }
        yield new AwsResponse(202, Map.of(), new byte[0]);
      }
      case "DryRun" -> {
        if (!functions.exists(name)) {
          throw notFound(name);
        }
        yield new AwsResponse(204, Map.of(), new byte[0]);
      }
      default ->
          throw AwsException.badRequest(
              "ValidationException",
              "1 validation error detected: Value '" + type + "' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]");
    };
  }

  private static AwsException notFound(String name) {
    return new AwsException(404, "ResourceNotFoundException", "Function not found: " + ARN + name);
  }

  private AwsResponse answered(String name, String event) {
    try {
      return switch (functions.invoke(name, event)) {
        case FunctionHost.Result.Answered<String>(var answer) -> answered(Map.of("Content-Type", "application/json", "X-Amz-Executed-Version", "1"), answer);
        case FunctionHost.Result.Failed<String>(var why) ->
            answered(Map.of("Content-Type", "application/json", "X-Amz-Executed-Version", "1", "X-Amz-Function-Error", "Unhandled"), error(why).toString());
        case FunctionHost.Result.Throttled<String> _ -> throw new AwsException(429, "TooManyRequestsException", "Rate Exceeded.");
        case FunctionHost.Result.NoSuchFunction<String> _ -> throw notFound(name);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AwsException(503, "ServiceUnavailable", "The local cloud is closing");
    }
  }

  private static ObjectNode error(String why) {
    Matcher failure = FAILURE.matcher(why);
    boolean known = failure.matches();
    String message = known && failure.group(2) != null ? failure.group(2) : why;
    return JsonNodeFactory.instance.objectNode().put("errorMessage", message).put("errorType", known ? failure.group(1) : "Unknown");
  }

  private static AwsResponse json(int status, ObjectNode body) {
    return new AwsResponse(status, Map.of("Content-Type", "application/json"), body.toString().getBytes(UTF_8));
  }

  private static AwsResponse answered(Map<String, String> headers, String body) {
    return new AwsResponse(200, headers, body.getBytes(UTF_8));
  }
}
