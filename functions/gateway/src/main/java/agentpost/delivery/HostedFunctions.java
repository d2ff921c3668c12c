package agentpost.delivery;

import static agentpost.catalog.EnvironmentVariables.FUNCTION_PREFIX;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.RelayAddress;
import agentpost.catalog.ResourceNames;
import agentpost.http.HttpPost;
import agentpost.http.Problem;
import agentpost.http.RetryAfter;
import agentpost.platform.LogFields;
import agentpost.platform.Platform;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The way to hosted agents without the API (ADR 29): Lambda's own, with the event that the API
 * would have made of the same signed request. The agent verifies it as it does any other.
 */
final class HostedFunctions {
  private static final int TOO_MANY_REQUESTS = 429;

  private final InvokeClient lambda;
  private final String prefix;
  private final Clock clock;

  /**
   * @param prefix what functions are named by, before the agent
   */
  HostedFunctions(InvokeClient lambda, String prefix, Clock clock) {
    this.lambda = lambda;
    this.prefix = prefix;
    this.clock = clock;
  }

  /** Nothing if the environment does not say that they are invoked. */
  static Optional<HostedFunctions> from(Platform platform) {
    return Optional.ofNullable(platform.environment().get(FUNCTION_PREFIX))
        .map(
            prefix ->
                new HostedFunctions(
                    platform.aws().create(InvokeClient.builder()), prefix, platform.clock()));
  }

  DeliveryAttempt post(AgentName agent, OutgoingRequest request, Duration within) {
    return invoke(agent, request, within, InvokeClient.Type.REQUEST_RESPONSE);
  }

  /** All of it but that Lambda does not run the function. */
  void rehearse(AgentName agent, OutgoingRequest request, Duration within) {
    DeliveryAttempt _ = invoke(agent, request, within, InvokeClient.Type.DRY_RUN);
  }

  private DeliveryAttempt invoke(
      AgentName agent, OutgoingRequest request, Duration within, InvokeClient.Type type) {
    try {
      InvokeClient.Answer answer =
          lambda.invoke(
              prefix + agent,
              ResourceNames.ALIAS,
              type,
              event(agent, request).toString().getBytes(UTF_8),
              within);
      return answer
          .functionError()
          .map(HostedFunctions::failed)
          .orElseGet(() -> answered(answer.payload()));
    } catch (ApiCallTimeoutException e) {
      return DeliveryAttempt.of(new HttpPost.Answer.TimedOut());
    } catch (AwsServiceException e) {
      return e.statusCode() == TOO_MANY_REQUESTS
          ? DeliveryAttempt.throttled(e.statusCode(), Optional.empty())
          : notRun(agent, e);
    } catch (SdkClientException e) {
      return notRun(agent, e);
    }
  }

  /** Its snapshot is not there yet, this may not invoke it, or Lambda is down. */
  private static DeliveryAttempt notRun(AgentName agent, SdkException why) {
    return DeliveryAttempt.tryAgain(
        "the function of " + agent + " was not run: " + why.getMessage());
  }

  private static ObjectNode event(AgentName agent, OutgoingRequest request) {
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("path", "/webhooks/" + agent)
            .put("httpMethod", "POST")
            .put("body", Base64.getEncoder().encodeToString(request.body()))
            .put("isBase64Encoded", true);
    ObjectNode headers = event.putObject("headers");
    ObjectNode values = event.putObject("multiValueHeaders");
    request
        .headers()
        .forEach(
            (name, value) -> {
              headers.put(name, value);
              values.putArray(name).add(value);
            });
    event.putObject("requestContext").putObject("identity").put("sourceIp", RelayAddress.VALUE);
    return event;
  }

  /** As API Gateway says it by a 502: the function was run, and ended without an answer. */
  private static DeliveryAttempt failed(String how) {
    return new DeliveryAttempt(
        Problem.BAD_GATEWAY.withDetail("the agent's function ended without an answer"),
        DeliveryAttempt.Outcome.ANSWERED,
        LogFields.of("function_error", how));
  }

  private DeliveryAttempt answered(byte[] payload) {
    if (!(Json.parse(payload) instanceof Json.Parsed.Read(var answer))
        || !answer.path("statusCode").isInt()) {
      return failed("its answer is none");
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    answer
        .path("headers")
        .properties()
        .forEach(one -> headers.put(one.getKey(), one.getValue().asText()));
    Optional<byte[]> body = body(answer);
    return body.map(
            bytes ->
                DeliveryAttempt.of(
                    new HttpPost.Answer.Answered(
                        answer.path("statusCode").intValue(),
                        Optional.ofNullable(headers.get("Content-Type")),
                        Optional.ofNullable(headers.get("Retry-After"))
                            .flatMap(
                                value ->
                                    RetryAfter.parse(
                                        value,
                                        Optional.ofNullable(headers.get("Date")),
                                        clock.instant())),
                        bytes)))
        .orElseGet(() -> failed("its answer is marked base64 and is not"));
  }

  private static Optional<byte[]> body(JsonNode answer) {
    String text = answer.path("body").asText("");
    try {
      return Optional.of(
          answer.path("isBase64Encoded").asBoolean()
              ? Base64.getDecoder().decode(text)
              : text.getBytes(UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
