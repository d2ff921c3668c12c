package agentpost.http;

import agentpost.metrics.MetricLine;
import agentpost.platform.FunctionVersion;
import agentpost.platform.LogFields;
import agentpost.platform.Platform;
import agentpost.platform.StackTrace;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The frame around an endpoint's own steps: it limits callers and body size, writes one log line
 * whatever happens, and answers whatever is thrown. The steps verify, read and act, and return a
 * {@link Reply}.
 */
public final class Endpoint {
  /** Of what nobody thought of; the log has the stack trace, and the caller nothing of it. */
  private static final String UNEXPECTED =
      "the request could not be handled; the function's log says why";

  private final String message;
  private final Clock clock;
  private final Consumer<String> log;
  private final Optional<FunctionVersion> function;

  /**
   * @param message what its log lines are called
   * @param log takes one line of JSON for each request
   */
  public Endpoint(String message, Clock clock, Consumer<String> log) {
    this(message, clock, log, Platform.functionVersion());
  }

  /**
   * @param function whose failures are counted
   */
  Endpoint(String message, Clock clock, Consumer<String> log, Optional<FunctionVersion> function) {
    this.message = message;
    this.clock = clock;
    this.log = log;
    this.function = function;
  }

  /**
   * What is looked at before the steps.
   *
   * @param known what the log says of every request here, such as whose endpoint it is
   * @param filter who may call
   * @param maxBytes the body's; nothing where the steps refuse what is too large, after its
   *     signature
   */
  public record Rules(LogFields known, SourceIpFilter filter, OptionalInt maxBytes) {}

  /** A proxy event as the request that {@code receive} gets; one that cannot be read is refused. */
  public APIGatewayProxyResponseEvent handle(
      APIGatewayProxyRequestEvent event, Function<Request, Response> receive) {
    return ApiGateway.response(
        ApiGateway.request(event).map(receive).orElseGet(() -> refuseUnreadable(event)));
  }

  private Response refuseUnreadable(APIGatewayProxyRequestEvent event) {
    return receive(
        ApiGateway.withoutBody(event),
        new Rules(LogFields.NONE, SourceIpFilter.EVERYONE, OptionalInt.empty()),
        () -> Reply.refuse(Problem.MALFORMED, "the body is marked base64 and is not"));
  }

  public Response receive(Request request, Rules rules, Supplier<Reply> steps) {
    if (!rules.filter().admits(request)) {
      return refuseAddress(request, rules);
    }
    long start = clock.millis();
    Reply reply = reply(request, rules.maxBytes(), steps);
    Response response = reply.response();
    log.accept(
        rules
            .known()
            .with("bytes", request.body().length)
            .and(reply.fields())
            .and(reply.outcomeFields())
            .with("status", response.status())
            .with("duration_ms", clock.millis() - start)
            .toLine(message));
    if (reply instanceof Reply.Refused refused && refused.problem().status() == 500) {
      function.ifPresent(this::countFailure);
    }
    return response;
  }

  /** For Lambda it was no error: the function answered. */
  private void countFailure(FunctionVersion failed) {
    SequencedMap<String, String> dimensions = new LinkedHashMap<>();
    dimensions.put("Function", failed.function());
    dimensions.put("Version", failed.version());
    log.accept(
        new MetricLine(clock.instant(), dimensions).metric("HandlerFailed", 1, "Count").text());
  }

  private static Reply reply(Request request, OptionalInt maxBytes, Supplier<Reply> steps) {
    if (maxBytes.isPresent() && request.body().length > maxBytes.getAsInt()) {
      return Reply.refuse(Problem.TOO_LARGE, explainTooLarge(request.body(), maxBytes.getAsInt()));
    }
    return guard(steps);
  }

  /**
   * Steps whose failure is a reply, for whoever knows something that its log line should say too. A
   * crash of the platform's, such as memory that ran out, goes on.
   */
  public static Reply guard(Supplier<Reply> steps) {
    try {
      return steps.get();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      return Reply.refuse(Problem.INTERNAL_ERROR, UNEXPECTED, StackTrace.headline(e))
          .with("stack_trace", StackTrace.of(e));
    }
  }

  public static String explainTooLarge(byte[] body, int maxBytes) {
    return "the body has " + body.length + " bytes; at most " + maxBytes + " are taken";
  }

  /** The reason is in the log only. */
  private Response refuseAddress(Request request, Rules rules) {
    log.accept(
        rules
            .known()
            .with("source_ip", request.sourceIp())
            .with("bytes", request.body().length)
            .with("status", Problem.FORBIDDEN.status())
            .with("outcome", Problem.FORBIDDEN.label())
            .with("reason", "its address is in no range that may come in here")
            .toLine("turned away"));
    return Problem.FORBIDDEN.withDetail("the request is refused");
  }
}
