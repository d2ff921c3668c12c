package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lambda's Invoke, for functions that were deployed here, whichever version is asked for. A function that fails is answered for with 200 and
 * {@code X-Amz-Function-Error}, as on AWS (Lambda API reference, "Invoke").
 */
public final class Invocations implements AwsService {
  public static final String PREFIX = "/2015-03-31/functions/";
  private static final Pattern PATH = Pattern.compile(PREFIX + "(?:arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:)?([A-Za-z0-9_-]+)(?::[A-Za-z0-9$_-]+)?/invocations");
  private static final Pattern FAILURE = Pattern.compile("(?s)failed(?: at init)?: ([\\w.$]+)(?:: (.*))?");
  private final FunctionHost functions;

  public Invocations(FunctionHost functions) {
    this.functions = functions;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    try {
      Matcher path = PATH.matcher(URLDecoder.decode(request.path(), UTF_8));
      if (!path.matches() || !request.method().equals("POST")) {
        throw AwsException.badRequest("UnknownOperationException", "The local cloud does not support lambda: " + request.method() + " " + request.path());
      }
      String type = request.header("x-amz-invocation-type").orElse("RequestResponse");
      if (!type.equals("RequestResponse")) {
        throw AwsException.badRequest("UnknownOperationException", "The local cloud does not support the invocation type " + type);
      }
      return invoked(path.group(1), request.body().length == 0 ? "{}" : new String(request.body(), UTF_8));
    } catch (AwsException e) {
      ObjectNode error = JsonNodeFactory.instance.objectNode().put("Type", e.status() < 500 ? "User" : "Service").put("message", e.description());
      return new AwsResponse(e.status(), Map.of("Content-Type", "application/json", "x-amzn-ErrorType", e.code()), error.toString().getBytes(UTF_8));
    }
  }

  private AwsResponse invoked(String name, String event) {
    try {
      return switch (functions.invoke(name, event)) {
        case FunctionHost.Result.Answered<String>(var answer) -> answered(Map.of("Content-Type", "application/json", "X-Amz-Executed-Version", "1"), answer);
        case FunctionHost.Result.Failed<String>(var why) ->
            answered(Map.of("Content-Type", "application/json", "X-Amz-Executed-Version", "1", "X-Amz-Function-Error", "Unhandled"), error(why).toString());
        case FunctionHost.Result.Throttled<String> _ -> throw new AwsException(429, "TooManyRequestsException", "Rate Exceeded.");
        case FunctionHost.Result.NoSuchFunction<String> _ ->
            throw new AwsException(404, "ResourceNotFoundException", "Function not found: arn:aws:lambda:us-east-1:000000000000:function:" + name);
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

  private static AwsResponse answered(Map<String, String> headers, String body) {
    return new AwsResponse(200, headers, body.getBytes(UTF_8));
  }
}
