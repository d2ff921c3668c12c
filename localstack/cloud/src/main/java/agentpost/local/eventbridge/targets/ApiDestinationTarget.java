package agentpost.local.eventbridge.targets;

import agentpost.http.HttpDate;
import agentpost.local.eventbridge.registry.Connection;
import agentpost.local.eventbridge.registry.RateLimit;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.targets.AttemptResult.Retry;
import agentpost.local.time.Timeline;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An API destination: an HTTP request with what its connection and the target's parameters add. */
public final class ApiDestinationTarget implements TargetKind {
  private final Registry registry;
  private final EndpointCall http;
  private final TargetServices reach;
  private final Authorizer authorizer;
  private final Timeline timeline;

  public ApiDestinationTarget(
      Registry registry,
      TargetServices reach,
      EndpointCall http,
      Authorizer authorizer,
      Timeline timeline) {
    this.registry = registry;
    this.reach = reach;
    this.http = http;
    this.authorizer = authorizer;
    this.timeline = timeline;
  }

  @Override
  public boolean serves(String arn) {
    return arn.startsWith(Registry.ARN + "api-destination/");
  }

  @Override
  public String action() {
    return "events:InvokeApiDestination";
  }

  @Override
  public Set<String> settings() {
    return Set.of("HttpParameters");
  }

  @Override
  public void check(ObjectNode target) {
    TargetKind.checkRole(target, reach);
  }

  @Override
  public Optional<RateLimit> limit(ObjectNode target) {
    return registry.destination(target.path("Arn").asText()).map(Registry.Destination::limit);
  }

  @Override
  public int maxConcurrent(ObjectNode target) {
    return registry.destination(target.path("Arn").asText()).map(http::maxConcurrent).orElse(1);
  }

  @Override
  public AttemptResult attempt(DeliveryInput outgoing) throws InterruptedException {
    Optional<Registry.Destination> destination = registry.destination(outgoing.arn());
    if (destination.isEmpty()) {
      return AttemptResult.noResource("The API destination does not exist: " + outgoing.arn());
    }
    Optional<Connection> connection = registry.connection(destination.get().connectionArn());
    if (connection.isEmpty()) {
      // Without it the request would go out without its key.
      return AttemptResult.noResource(
          "The API destination's connection does not exist: " + destination.get().connectionArn());
    }
    return switch (authorizer.authorize(connection.get())) {
      // The connection may be authorized again while the event is young enough.
      case Authorizer.Authorization.Refused(var why) ->
          AttemptResult.failed("CONNECTION_FAILURE", why, true);
      case Authorizer.Authorization.Granted(var headers) ->
          call(destination.get(), connection.get(), outgoing, headers);
    };
  }

  private AttemptResult call(
      Registry.Destination destination,
      Connection connection,
      DeliveryInput outgoing,
      Map<String, String> authorization)
      throws InterruptedException {
    ApiRequest.Built request;
    try {
      request =
          new ApiRequest(destination, connection, outgoing.target(), outgoing.event())
              .build(reach, outgoing.input(), authorization);
    } catch (IllegalArgumentException e) {
      return AttemptResult.failed(
          "INVALID_PARAMETER", "The event makes no request: " + e.getMessage(), false);
    }
    Exchange unanswered = new Exchange(request.shown(), Optional.empty());
    return switch (http.call(destination, request)) {
      case EndpointCall.Answer.TimedOut _ ->
          AttemptResult.failed(
              "TIMEOUT",
              "The endpoint did not answer within 5 seconds",
              true,
              Optional.of(unanswered));
      case EndpointCall.Answer.NotConnected(var why) ->
          AttemptResult.failed(
              "CONNECTION_FAILURE",
              "The connection to the endpoint failed: " + why,
              true,
              Optional.of(unanswered));
      case EndpointCall.Answer.Answered answer -> toResult(answer, connection, request.shown());
    };
  }

  private AttemptResult toResult(
      EndpointCall.Answer.Answered answer, Connection connection, Exchange.Request shown) {
    int status = answer.status();
    Optional<Exchange> exchange =
        Optional.of(
            new Exchange(
                shown,
                Optional.of(new Exchange.Response(status, answer.headers(), answer.excerpt()))));
    if (status / 100 == 2) {
      return new AttemptResult.Delivered(Optional.of(status), exchange);
    }
    if (status == 401 || status == 407) {
      authorizer.onRejected(connection, status);
    }
    Instant answered =
        answer
            .header("Date")
            .flatMap(date -> HttpDate.parse(date.strip(), timeline.now()))
            .orElseGet(timeline::now);
    return new AttemptResult.Failed(
        "ERROR_FROM_TARGET",
        "The endpoint answered " + status + ": " + answer.excerpt(),
        retry(
            status,
            answer.header("Retry-After").flatMap(value -> RetryAfter.read(value, answered))),
        Optional.of(status),
        exchange);
  }

  private static Retry retry(int status, Optional<RetryAfter> asked) {
    boolean again =
        status == 401 || status == 407 || status == 409 || status == 429 || status / 100 == 5;
    return asked
        .map(
            retryAfter ->
                switch (retryAfter) {
                  case RetryAfter.Never _ -> new Retry.Stopped();
                  case RetryAfter.Wait wait when again -> new Retry.After(Optional.of(wait));
                  case RetryAfter.Wait _ -> new Retry.Final();
                })
        .orElseGet(() -> again ? new Retry.After(Optional.empty()) : new Retry.Final());
  }
}
