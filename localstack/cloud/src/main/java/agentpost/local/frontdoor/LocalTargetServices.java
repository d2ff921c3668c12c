package agentpost.local.frontdoor;

import agentpost.local.apigateway.RestApiService;
import agentpost.local.egress.Egress;
import agentpost.local.egress.Egress.Destination;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.iam.Authorizer;
import agentpost.local.lambda.FunctionUrls;
import agentpost.local.logs.LogsService;
import agentpost.local.policy.ActionRequest;
import agentpost.local.policy.Decision;
import agentpost.local.secrets.SecretsManager;
import agentpost.local.sqs.SqsService;
import agentpost.local.wire.AwsException;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** EventBridge's way to queues, logs and the API's front door. */
public final class LocalTargetServices implements TargetServices {
  private static final Pattern API =
      Pattern.compile("https://([a-z0-9]+)\\.execute-api\\.us-east-1\\.amazonaws\\.com((?:/.*)?+)");
  private static final Pattern FUNCTION_URL =
      Pattern.compile("https://([a-z0-9]+)\\.lambda-url\\.us-east-1\\.on\\.aws((?:/.*)?+)");
  private static final String EVENTS = "events.amazonaws.com";
  private final SqsService queues;
  private final LogsService logs;
  private final Authorizer rights;
  private final IntSupplier port;
  private final boolean strict;
  private final Egress egress;
  private final IntSupplier standIns;

  /** Functions reach this network as this reaches them. */
  private volatile BiPredicate<String, String> functions = (_, _) -> false;

  private volatile Optional<SecretsManager> secrets = Optional.empty();

  private volatile BooleanSupplier areFunctionsFull = () -> false;

  /**
   * @param standIns the port of whoever answers for hosts that may not be called
   */
  public LocalTargetServices(
      SqsService queues,
      LogsService logs,
      Authorizer rights,
      IntSupplier port,
      boolean strict,
      Egress egress,
      IntSupplier standIns) {
    this.queues = queues;
    this.logs = logs;
    this.rights = rights;
    this.port = port;
    this.strict = strict;
    this.egress = egress;
    this.standIns = standIns;
  }

  @Override
  public boolean isStrict() {
    return strict;
  }

  @Override
  public Optional<String> forgiven(String ruleArn, String targetArn) {
    return targetArn.startsWith("arn:aws:sqs:")
            && rights.decideByResource(EVENTS, ruleArn, sending(targetArn)).isEmpty()
        ? Optional.of(explainMissing(ruleArn, targetArn) + ": there is none")
        : Optional.empty();
  }

  private static String explainMissing(String ruleArn, String queueArn) {
    return "The policy of " + queueArn + " does not let events.amazonaws.com send for " + ruleArn;
  }

  /** By the template's roles and policies, and then by the policy that a queue was given since. */
  @Override
  public Optional<Failure> explainRefusal(
      String ruleArn, String targetArn, String roleArn, String action) {
    return byTemplate(ruleArn, targetArn, roleArn, action)
        .or(() -> byQueuePolicy(ruleArn, targetArn));
  }

  @Override
  public URI endpoint() {
    return URI.create("http://localhost:" + port.getAsInt());
  }

  /**
   * Without a policy, the quick trial of a person is let pass unless the cloud is strict; AWS would
   * refuse.
   */
  private Optional<Failure> byQueuePolicy(String ruleArn, String targetArn) {
    if (!targetArn.startsWith("arn:aws:sqs:")) {
      return Optional.empty();
    }
    String missing = explainMissing(ruleArn, targetArn);
    Optional<Decision> decision = rights.decideByResource(EVENTS, ruleArn, sending(targetArn));
    if (decision.isEmpty()) {
      return strict
          ? Optional.of(new Failure("NO_PERMISSIONS", missing + ": there is none", false))
          : Optional.empty();
    }
    return switch (decision.get()) {
      case ALLOWED -> Optional.empty();
      case NOT_ALLOWED -> Optional.of(new Failure("NO_PERMISSIONS", missing, false));
      case DENIED ->
          Optional.of(new Failure("NO_PERMISSIONS", missing + ": it denies it explicitly", false));
    };
  }

  private static ActionRequest sending(String queueArn) {
    return new ActionRequest("sqs:SendMessage", queueArn);
  }

  /**
   * By the resource's own policy for a queue, a function or a log group, by the target's role for
   * what else there is.
   */
  private Optional<Failure> byTemplate(
      String ruleArn, String targetArn, String roleArn, String action) {
    Optional<Authorizer.Refusal> refusal = Optional.empty();
    if (targetArn.startsWith("arn:aws:sqs:") || targetArn.startsWith("arn:aws:lambda:")) {
      refusal = rights.byResource(EVENTS, ruleArn, new ActionRequest(action, targetArn));
    } else if (targetArn.contains(":log-group:")) {
      String group = targetArn.endsWith(":*") ? targetArn : targetArn + ":*";
      refusal = rights.byResource(EVENTS, ruleArn, new ActionRequest(action, group));
    } else if (rights.isOfTemplate(ruleArn) || rights.isDeclared(roleArn)) {
      // A target that a person made may go without: there is no way to make a role here.
      refusal = rights.byRole(EVENTS, roleArn, ruleArn, new ActionRequest(action, targetArn));
    }
    return refusal.map(
        why ->
            switch (why) {
              case Authorizer.Refusal.CannotAssume(var text) when !roleArn.isEmpty() ->
                  new Failure("FAILED_TO_ASSUME_ROLE", text, false);
              case Authorizer.Refusal.CannotAssume(var text) ->
                  new Failure("NO_PERMISSIONS", text, false);
              case Authorizer.Refusal.NotAllowed(var text) ->
                  new Failure("NO_PERMISSIONS", text, false);
            });
  }

  /**
   * @param kept where connections' secrets are
   */
  public void keepsIn(SecretsManager kept) {
    secrets = Optional.of(kept);
  }

  @Override
  public String keepSecret(String name, String text) {
    return secrets.orElseThrow().keep("events", name, text);
  }

  @Override
  public void forgetSecret(String name) {
    secrets.orElseThrow().forget(name);
  }

  /**
   * @param accept takes a function's name and an event; false if there is no such function
   * @param isFull whether it should come later
   */
  public void invokes(BiPredicate<String, String> accept, BooleanSupplier isFull) {
    functions = accept;
    areFunctionsFull = isFull;
  }

  @Override
  public Optional<Failure> sendToQueue(
      String queueArn, String body, Map<String, String> attributes) {
    return failure(() -> queues.send(url(queueArn), body, attributes));
  }

  @Override
  public Optional<Failure> sendToFifoQueue(String queueArn, String body, String group) {
    return failure(() -> queues.sendInGroup(url(queueArn), body, group));
  }

  private String url(String queueArn) {
    return SqsService.url(
        "http://localhost:" + port.getAsInt(), queueArn.substring(queueArn.lastIndexOf(':') + 1));
  }

  private static Optional<Failure> failure(Runnable send) {
    try {
      send.run();
      return Optional.empty();
    } catch (AwsException e) {
      boolean isFull = e.code().equals("RequestThrottled");
      boolean forNow = isFull || e.status() >= 500;
      String code =
          isFull
              ? "THROTTLING"
              : forNow
                  ? "INTERNAL_ERROR"
                  : e.code().contains("NonExistentQueue") || e.code().contains("QueueDoesNotExist")
                      ? "NO_RESOURCE"
                      : "SDK_CLIENT_ERROR";
      return Optional.of(new Failure(code, e.code() + ": " + e.description(), forNow));
    }
  }

  @Override
  public Optional<Failure> invoke(String functionArn, String event) {
    if (areFunctionsFull.getAsBoolean()) {
      return Optional.of(
          new Failure(
              "THROTTLING", "Lambda has as many asynchronous invocations as it holds", true));
    }
    return functions.test(functionArn, event)
        ? Optional.empty()
        : Optional.of(new Failure("NO_RESOURCE", "There is no function " + functionArn, false));
  }

  @Override
  public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
    String group = logGroupArn.replaceFirst("^.*:log-group:", "").replaceFirst(":\\*$", "");
    return logs.append(group, at, message)
        ? Optional.empty()
        : Optional.of(new Failure("NO_RESOURCE", "There is no log group " + group, false));
  }

  @Override
  public URI locate(URI endpoint) {
    String here = "http://127.0.0.1:" + port.getAsInt();
    Matcher api = API.matcher(endpoint.toString());
    if (api.matches()) {
      return URI.create(here + RestApiService.PREFIX + api.group(1) + api.group(2));
    }
    Matcher url = FUNCTION_URL.matcher(endpoint.toString());
    if (url.matches()) {
      return URI.create(here + FunctionUrls.PREFIX + url.group(1) + url.group(2));
    }
    return switch (egress.to(Optional.ofNullable(endpoint.getHost()).orElse(""))) {
      case Destination.Machine _, Destination.Allowed _ -> endpoint;
      case Destination.Routed(int routed) -> withPort(routed, endpoint);
      case Destination.StandIn _ -> withPort(standIns.getAsInt(), endpoint);
    };
  }

  private static URI withPort(int port, URI endpoint) {
    String path = Optional.ofNullable(endpoint.getRawPath()).orElse("");
    return URI.create(
        "http://127.0.0.1:"
            + port
            + (path.startsWith("/") ? path : "/" + path)
            + (endpoint.getRawQuery() == null ? "" : "?" + endpoint.getRawQuery()));
  }

  @Override
  public boolean isFrontDoor(URI endpoint) {
    return API.matcher(endpoint.toString()).matches()
        || FUNCTION_URL.matcher(endpoint.toString()).matches();
  }

  @Override
  public boolean isElsewhere(URI endpoint) {
    return !isFrontDoor(endpoint)
        && egress.to(Optional.ofNullable(endpoint.getHost()).orElse(""))
            instanceof Destination.StandIn;
  }

  /** An output as a shell on this machine can use it. */
  public String showOutput(String output) {
    String here = "http://localhost:" + port.getAsInt();
    String shown = API.matcher(output).replaceAll(here + RestApiService.PREFIX + "$1$2");
    return FUNCTION_URL.matcher(shown).replaceAll(here + FunctionUrls.PREFIX + "$1$2");
  }
}
