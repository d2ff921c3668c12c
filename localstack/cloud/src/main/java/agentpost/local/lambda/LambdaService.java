package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.lambda.FunctionHost.Result;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.Pages;
import agentpost.local.wire.RequestModel;
import agentpost.local.wire.RestService;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lambda's Invoke, GetFunction, GetFunctionConfiguration, ListFunctions and reserved concurrency,
 * for functions that were deployed here: with a concurrency of 0, a function is down until it is
 * given some again. A function that fails is answered for with 200 and {@code
 * X-Amz-Function-Error}, as on AWS (Lambda API reference, "Invoke").
 */
public final class LambdaService implements AwsService {
  /** What paths of functions and of their concurrency begin with. */
  public static final String PREFIX = "/2015-03-31/functions";

  public static final String CONCURRENCY_PREFIX = "/2017-10-31/functions/";
  private static final Pattern FAILURE =
      Pattern.compile("(?s)failed(?: at init)?: ([\\w.$]+)(?:: (.*))?");
  private static final int MAX_PAGE_SIZE = 50;

  /**
   * Lambda developer guide, "Lambda quotas": 6 MB each for request and response, synchronous; 1 MB
   * asynchronous.
   */
  private static final int MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

  private static final int MAX_EVENT_BYTES = 1024 * 1024;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final FunctionHost functions;
  private final AsyncInvocations unanswered;
  private final Function<String, Optional<String>> roles;
  private final RestService service;

  /**
   * @param unanswered what becomes of an invocation of type Event
   * @param roles a function's role's ARN, by its name
   */
  public LambdaService(
      FunctionHost functions,
      AsyncInvocations unanswered,
      Function<String, Optional<String>> roles) {
    this.functions = functions;
    this.unanswered = unanswered;
    this.roles = roles;
    this.service =
        new RestService(
            "lambda",
            RequestModel.read(LambdaService.class, "requests.json"),
            Map.of(
                "Invoke", this::invoke,
                "GetFunction", input -> RestService.json(200, function(require(input))),
                "GetFunctionConfiguration",
                    input -> RestService.json(200, configuration(require(input))),
                "ListFunctions", this::list,
                "PutFunctionConcurrency", this::reserve,
                "DeleteFunctionConcurrency", this::release));
  }

  public RestService service() {
    return service;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    return service.handle(request);
  }

  /** By its name and the qualifier, which may stand apart, but not twice unless it is the same. */
  private FunctionName require(ObjectNode input) {
    String asked = input.path("FunctionName").asText();
    Optional<String> apart =
        Optional.of(input.path("Qualifier").asText("")).filter(one -> !one.isEmpty());
    FunctionName name =
        FunctionName.of(asked)
            .orElseThrow(
                () ->
                    notFoundException(
                        asked.startsWith("arn:")
                            ? asked
                            : "arn:aws:lambda:us-east-1:000000000000:function:" + asked));
    if (apart.isPresent() && name.qualifier().isPresent() && !name.qualifier().equals(apart)) {
      throw AwsException.badRequest(
          "InvalidParameterValueException",
          "The derived qualifier from the function name does not match the specified qualifier.");
    }
    FunctionName found = name.with(apart);
    if (!functions.exists(found)) {
      throw notFoundException(found.arn());
    }
    return found;
  }

  private static AwsException notFoundException(String arn) {
    return new AwsException(404, "ResourceNotFoundException", "Function not found: " + arn);
  }

  private AwsResponse list(ObjectNode input) {
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    Pages.of(input, "Marker", "MaxItems", MAX_PAGE_SIZE)
        .fill(
            list,
            "Functions",
            functions.findAll(),
            FunctionSettings::name,
            one -> configuration(new FunctionName(one.name(), Optional.empty())));
    // The answer's token has another name than the request's.
    JsonNode next = list.remove("Marker");
    return RestService.json(
        200, next == null ? list.putNull("NextMarker") : list.set("NextMarker", next));
  }

  private FunctionSettings settings(FunctionName name) {
    return functions.settings(name.name()).orElseThrow(() -> notFoundException(name.arn()));
  }

  private ObjectNode function(FunctionName name) {
    FunctionSettings settings = settings(name);
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.set("Configuration", configuration(name));
    ObjectNode code = all.putObject("Code").put("RepositoryType", "S3");
    settings.code().ifPresent(path -> code.put("Location", path.toUri().toString()));
    functions
        .reservedConcurrency(name.name())
        .ifPresent(
            reserved -> all.putObject("Concurrency").put("ReservedConcurrentExecutions", reserved));
    return all;
  }

  private ObjectNode configuration(FunctionName name) {
    FunctionSettings function = settings(name);
    ObjectNode all =
        JsonNodeFactory.instance
            .objectNode()
            .put("FunctionName", function.name())
            .put("FunctionArn", name.arn())
            .put("Handler", function.handler())
            .put("Timeout", function.timeout().toSeconds())
            .put("MemorySize", function.memory())
            .put(
                "Version",
                name.qualifier()
                    .filter(one -> !one.equals("$LATEST"))
                    .map(_ -> "1")
                    .orElse("$LATEST"))
            .put("State", "Active")
            .put("LastUpdateStatus", "Successful")
            .put("PackageType", "Zip");
    roles.apply(function.name()).ifPresent(role -> all.put("Role", role));
    all.putObject("SnapStart").put("ApplyOn", function.snapStart() ? "PublishedVersions" : "None");
    ObjectNode variables = all.putObject("Environment").putObject("Variables");
    new TreeMap<>(function.environment()).forEach(variables::put);
    return all;
  }

  private AwsResponse reserve(ObjectNode input) {
    int reserved = input.path("ReservedConcurrentExecutions").asInt();
    functions.reserve(require(input).name(), OptionalInt.of(reserved));
    return RestService.json(
        200, JsonNodeFactory.instance.objectNode().put("ReservedConcurrentExecutions", reserved));
  }

  private AwsResponse release(ObjectNode input) {
    functions.reserve(require(input).name(), OptionalInt.empty());
    return new AwsResponse(204, Map.of(), new byte[0]);
  }

  /** Without any, the event is an empty object. */
  private static byte[] payload(ObjectNode input) {
    try {
      byte[] payload = input.path("Payload").binaryValue();
      return payload == null || payload.length == 0 ? "{}".getBytes(UTF_8) : payload;
    } catch (IOException e) {
      throw new UncheckedIOException("The payload is bytes", e);
    }
  }

  /**
   * The function is not asked what is not JSON (Lambda API reference, "Invoke",
   * InvalidRequestContentException).
   */
  private static String requireJson(byte[] payload) {
    try {
      String event = UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      if (JSON.readTree(event).isMissingNode()) {
        throw invalidPayload("No content to map due to end-of-input");
      }
      return event;
    } catch (CharacterCodingException e) {
      throw invalidPayload("Invalid UTF-8");
    } catch (JsonProcessingException e) {
      throw invalidPayload(e.getOriginalMessage());
    }
  }

  private static AwsException invalidPayload(String why) {
    return AwsException.badRequest(
        "InvalidRequestContentException", "Could not parse request body into json: " + why);
  }

  private AwsResponse invoke(ObjectNode input) {
    FunctionName name = require(input);
    byte[] payload = payload(input);
    String type = input.path("InvocationType").asText("RequestResponse");
    int largest = type.equals("Event") ? MAX_EVENT_BYTES : MAX_PAYLOAD_BYTES;
    if (payload.length > largest) {
      throw new AwsException(
          413,
          "RequestTooLargeException",
          "Request must be smaller than " + largest + " bytes for the InvokeFunction operation");
    }
    String event = requireJson(payload);
    return switch (type) {
      case "Event" -> {
        unanswered.accept(name.arn(), event);
        yield new AwsResponse(202, Map.of(), new byte[0]);
      }
      case "DryRun" -> new AwsResponse(204, Map.of(), new byte[0]);
      default -> invokeAndAnswer(name, event, input.path("LogType").asText().equals("Tail"));
    };
  }

  private AwsResponse invokeAndAnswer(FunctionName name, String event, boolean isTailed) {
    Map<String, String> headers =
        new TreeMap<>(
            Map.of("Content-Type", "application/json", "X-Amz-Executed-Version", name.version()));
    LogTail tail = new LogTail();
    Callable<Result<String>> invocation = () -> functions.invoke(name.name(), event);
    try {
      // In a thread of its own: a caller in this JVM that hangs up must not end the function.
      FutureTask<Result<String>> work =
          new FutureTask<>(
              isTailed
                  ? () -> tail.of(name.version(), settings(name).memory(), invocation)
                  : invocation);
      Thread.ofVirtual().name("invocation").start(work);
      Result<String> result = work.get();
      if (isTailed) {
        headers.put("X-Amz-Log-Result", Base64.getEncoder().encodeToString(tail.bytes()));
      }
      return switch (result) {
        case Result.Answered<String>(var answer)
            when answer.getBytes(UTF_8).length > MAX_PAYLOAD_BYTES ->
            failureResponse(
                headers,
                "Response payload size exceeded maximum allowed payload size ("
                    + MAX_PAYLOAD_BYTES
                    + " bytes).",
                "Function.ResponseSizeTooLarge");
        case Result.Answered<String>(var answer) ->
            new AwsResponse(200, headers, answer.getBytes(UTF_8));
        case Result.Failed<String>(var why) -> failureResponse(headers, why);
        case Result.Throttled<String> _ ->
            throw new AwsException(429, "TooManyRequestsException", "Rate Exceeded.");
        case Result.NoSuchFunction<String> _ -> throw notFoundException(name.arn());
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AwsException(503, "ServiceUnavailable", "The local cloud is closing");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("An invocation throws nothing else", e);
    }
  }

  private static AwsResponse failureResponse(Map<String, String> headers, String why) {
    Matcher failure = FAILURE.matcher(why);
    boolean known = failure.matches();
    return failureResponse(
        headers,
        known && failure.group(2) != null ? failure.group(2) : why,
        known ? failure.group(1) : "Unknown");
  }

  private static AwsResponse failureResponse(
      Map<String, String> headers, String message, String type) {
    headers.put("X-Amz-Function-Error", "Unhandled");
    return new AwsResponse(
        200,
        headers,
        JsonNodeFactory.instance
            .objectNode()
            .put("errorMessage", message)
            .put("errorType", type)
            .toString()
            .getBytes(UTF_8));
  }
}
