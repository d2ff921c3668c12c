package agentpost.local.secrets;

import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rotation as Secrets Manager does it: a pending version without a text, then the four steps, each
 * an invocation of the secret's function (user guide, "Rotation by Lambda function"). A step that
 * fails ends the try; there are three, a minute apart, and the pending version stays.
 */
public final class RotationRunner {
  private static final List<String> STEPS =
      List.of("createSecret", "setSecret", "testSecret", "finishSecret");
  private static final Pattern RATE = Pattern.compile("rate\\(([1-9][0-9]{0,3}) (hour|day)s?\\)");
  private static final int MAX_ATTEMPTS = 3;
  private static final Duration RETRY_INTERVAL = Duration.ofMinutes(1);

  /** Invokes a function and waits for its end. */
  @FunctionalInterface
  public interface Invoker {
    /**
     * @return false if it failed; why is in its log
     */
    boolean invoke(String functionArn, String event);
  }

  private record Plan(
      String function,
      Optional<Duration> every,
      Optional<Instant> last,
      Optional<Instant> next,
      Timeline.Cancellable waiting) {}

  private static final Timeline.Cancellable NOTHING = () -> false;

  private final Timeline timeline;
  private final Invoker invoker;
  private final SecretsManager secrets;
  private final Map<Secret, Plan> plans = new HashMap<>();

  /** One trial after the other: a deployment has one for each secret, and nobody waits for them. */
  private final ReentrantLock trials = new ReentrantLock();

  RotationRunner(Timeline timeline, Invoker invoker, SecretsManager secrets) {
    this.timeline = timeline;
    this.invoker = invoker;
    this.secrets = secrets;
  }

  JsonNode rotateSecret(ObjectNode input) {
    synchronized (secrets) {
      Secret secret = secrets.requireOwn(input);
      configure(secret, input.path("RotationLambdaARN").asText(""), input.path("RotationRules"));
      Optional<Secret.Version> pending =
          secret.with(Secret.PENDING).filter(version -> !version.stages().contains(Secret.CURRENT));
      if (pending.isPresent()) {
        start(secret, pending.get().id(), MAX_ATTEMPTS);
        throw AwsException.badRequest(
            "InvalidRequestException",
            "A previous rotation isn't complete. That rotation will be reattempted.");
      }
      String version = SecretsManager.token(input);
      secret.put(version, Optional.empty(), List.of(Secret.PENDING), timeline.now());
      if (input.path("RotateImmediately").asBoolean(true)) {
        start(secret, version, MAX_ATTEMPTS);
      } else {
        timeline.schedule(Duration.ZERO, () -> tryConfiguration(secret, version));
      }
      return SecretsManager.nameResponse(secret).put("VersionId", version);
    }
  }

  void schedule(ObjectNode properties) {
    for (String name : (Iterable<String>) properties::fieldNames) {
      if (!List.of("SecretId", "RotationLambdaARN", "RotationRules", "RotateImmediatelyOnUpdate")
          .contains(name)) {
        throw new IllegalArgumentException("the local cloud does not support its " + name);
      }
    }
    rotateSecret(
        properties
            .deepCopy()
            .put(
                "RotateImmediately", properties.path("RotateImmediatelyOnUpdate").asBoolean(true)));
  }

  JsonNode cancelRotateSecret(ObjectNode input) {
    synchronized (secrets) {
      Secret secret = secrets.requireOwn(input);
      forget(secret);
      ObjectNode out = SecretsManager.nameResponse(secret);
      secret.with(Secret.PENDING).ifPresent(version -> out.put("VersionId", version.id()));
      return out;
    }
  }

  void forget(Secret secret) {
    Plan plan = plans.remove(secret);
    if (plan != null) {
      plan.waiting().cancel();
    }
  }

  void describe(Secret secret, ObjectNode out) {
    Plan plan = plans.get(secret);
    if (plan == null) {
      return;
    }
    out.put("RotationEnabled", true).put("RotationLambdaARN", plan.function());
    plan.every()
        .ifPresent(
            every -> out.putObject("RotationRules").put("AutomaticallyAfterDays", every.toDays()));
    plan.last().ifPresent(last -> out.put("LastRotatedDate", last.toEpochMilli() / 1000.0));
    plan.next().ifPresent(next -> out.put("NextRotationDate", next.toEpochMilli() / 1000.0));
  }

  private void configure(Secret secret, String function, JsonNode rules) {
    Plan before = plans.get(secret);
    String invoked = function.isEmpty() && before != null ? before.function() : function;
    if (invoked.isEmpty()) {
      throw AwsException.badRequest(
          "InvalidRequestException",
          "No Lambda rotation function ARN is associated with this secret.");
    }
    Optional<Duration> every =
        rules.isObject()
            ? Optional.of(intervalOf(rules))
            : Optional.ofNullable(before).flatMap(Plan::every);
    plans.put(
        secret,
        new Plan(
            invoked,
            every,
            Optional.ofNullable(before).flatMap(Plan::last),
            Optional.empty(),
            before == null ? NOTHING : before.waiting()));
    plan(secret);
  }

  private static Duration intervalOf(JsonNode rules) {
    Matcher rate = RATE.matcher(rules.path("ScheduleExpression").asText());
    if (rate.matches()) {
      long count = Long.parseLong(rate.group(1));
      return rate.group(2).equals("hour") ? Duration.ofHours(count) : Duration.ofDays(count);
    }
    long days = rules.path("AutomaticallyAfterDays").asLong(0);
    if (days < 1 || days > 1000) {
      throw AwsException.badRequest(
          "InvalidParameterException",
          "The local cloud supports RotationRules with AutomaticallyAfterDays of 1 to 1000, or a"
              + " ScheduleExpression of rate(…).");
    }
    return Duration.ofDays(days);
  }

  /** The next turn, an interval from now. */
  private void plan(Secret secret) {
    Plan plan = plans.get(secret);
    if (plan == null) {
      return;
    }
    plan.waiting().cancel();
    Timeline.Cancellable waiting =
        plan.every()
            .map(every -> timeline.schedule(every, () -> rotateIfDue(secret)))
            .orElse(NOTHING);
    plans.put(
        secret,
        new Plan(
            plan.function(),
            plan.every(),
            plan.last(),
            plan.every().map(timeline.now()::plus),
            waiting));
  }

  private void rotateIfDue(Secret secret) {
    synchronized (secrets) {
      plan(secret);
      if (secret.deletion().isPresent()) {
        return;
      }
      Optional<Secret.Version> pending =
          secret.with(Secret.PENDING).filter(version -> !version.stages().contains(Secret.CURRENT));
      String version =
          pending.map(Secret.Version::id).orElseGet(() -> UUID.randomUUID().toString());
      secret.put(
          version, pending.flatMap(Secret.Version::text), List.of(Secret.PENDING), timeline.now());
      start(secret, version, MAX_ATTEMPTS);
    }
  }

  private void start(Secret secret, String version, int tries) {
    timeline.schedule(Duration.ZERO, () -> turn(secret, version, tries));
  }

  private void turn(Secret secret, String version, int tries) {
    for (String step : STEPS) {
      if (!invokeStep(secret, version, step)) {
        if (tries > 1) {
          timeline.schedule(RETRY_INTERVAL, () -> turn(secret, version, tries - 1));
        }
        return;
      }
    }
    synchronized (secrets) {
      Plan plan = plans.get(secret);
      if (plan != null) {
        plans.put(
            secret,
            new Plan(
                plan.function(),
                plan.every(),
                Optional.of(timeline.now()),
                plan.next(),
                plan.waiting()));
        plan(secret);
      }
    }
  }

  /**
   * What is configured without being rotated is tried: testSecret with a pending version, which is
   * gone afterwards.
   */
  private void tryConfiguration(Secret secret, String version) {
    trials.lock();
    try {
      invokeStep(secret, version, "testSecret");
    } finally {
      trials.unlock();
    }
    synchronized (secrets) {
      secret
          .with(Secret.PENDING)
          .filter(pending -> pending.id().equals(version))
          .ifPresent(pending -> pending.stages().remove(Secret.PENDING));
    }
  }

  /** Without the lock: the function calls back. */
  private boolean invokeStep(Secret secret, String version, String step) {
    String function;
    synchronized (secrets) {
      Plan plan = plans.get(secret);
      if (plan == null) {
        return false;
      }
      function = plan.function();
    }
    return invoker.invoke(
        function,
        JsonNodeFactory.instance
            .objectNode()
            .put("Step", step)
            .put("SecretId", secret.arn())
            .put("ClientRequestToken", version)
            .toString());
  }
}
