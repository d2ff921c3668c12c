package agentpost.local.eventbridge.schedule;

import agentpost.local.eventbridge.delivery.Engine;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.registry.Registry.Rule;
import agentpost.local.time.Timeline;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs scheduled rules while they are enabled. A rate counts from when the rule was put or enabled.
 */
public final class Schedules {
  private final Registry registry;
  private final Engine engine;
  private final Timeline timeline;
  private final Map<String, Plan> planned = new ConcurrentHashMap<>();

  public Schedules(Registry registry, Engine engine) {
    this.registry = registry;
    this.engine = engine;
    this.timeline = engine.timeline();
  }

  public synchronized void onRuleChanged(Rule rule) {
    onRuleRemoved(rule);
    if (rule.isEnabled() && rule.schedule().isPresent()) {
      plan(rule, rule.schedule().get(), timeline.now());
    }
  }

  public synchronized void onRuleRemoved(Rule rule) {
    Plan before = planned.remove(rule.arn());
    if (before != null) {
      before.cancel();
    }
  }

  /**
   * The next run of a rule; what has been put in its place does not run, even if its time had come.
   */
  private final class Plan implements Runnable {
    private final Rule rule;
    private final String expression;
    private final Instant at;
    private final Timeline.Cancellable timed;

    Plan(Rule rule, String expression, Instant at) {
      this.rule = rule;
      this.expression = expression;
      this.at = at;
      this.timed = timeline.schedule(Duration.between(timeline.now(), at), this);
    }

    void cancel() {
      timed.cancel();
    }

    @Override
    public void run() {
      synchronized (Schedules.this) {
        if (planned.get(rule.arn()) == this) {
          plan(rule, expression, at);
          deliver(rule, at);
        }
      }
    }
  }

  private void plan(Rule rule, String expression, Instant after) {
    ScheduleExpression.of(expression)
        .nextAfter(after)
        .ifPresent(at -> planned.put(rule.arn(), new Plan(rule, expression, at)));
  }

  private void deliver(Rule rule, Instant at) {
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", "0")
            .put("id", UUID.randomUUID().toString())
            .put("detail-type", "Scheduled Event")
            .put("source", "aws.events")
            .put("account", Registry.ACCOUNT)
            .put("time", at.truncatedTo(ChronoUnit.SECONDS).toString())
            .put("region", "us-east-1");
    event.putArray("resources").add(rule.arn());
    event.putObject("detail");
    registry.bus(rule.bus()).ifPresent(bus -> runRule(bus, rule, event));
  }

  /** Later, if there is no room for it now: nobody would put it again. */
  private void runRule(Registry.Bus bus, Rule rule, ObjectNode event) {
    if (!engine.deliver(bus, List.of(rule.name()), event)) {
      engine.whenThereIsRoom(() -> runRule(bus, rule, event));
    }
  }
}
