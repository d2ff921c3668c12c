package agentpost.cli.local;

import agentpost.cli.events.AgentRule;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.eventbridge.delivery.DeliveryListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A line for each event that agents receive, and for each attempt to deliver it. */
final class DeliveryLines implements DeliveryListener, AutoCloseable {
  /** Of events whose types are known to the lines of their attempts. */
  private static final int MAX_TYPES = 10_000;

  private static final int MAX_WAITING = 10_000;
  private static final Duration CLOSING_TIMEOUT = Duration.ofSeconds(2);

  private final LabelledLines lines;
  private final Map<String, String> types =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX_TYPES;
        }
      };

  /** A terminal that is stopped must not stop deliveries. */
  private final BlockingQueue<DeliveryEvent> waiting = new ArrayBlockingQueue<>(MAX_WAITING);

  private final AtomicInteger missed = new AtomicInteger();

  private final Thread thread = Thread.ofVirtual().name("delivery-lines").unstarted(this::show);

  private DeliveryLines(LabelledLines lines) {
    this.lines = lines;
  }

  static DeliveryLines start(PrintWriter out) {
    DeliveryLines lines = new DeliveryLines(new LabelledLines(out));
    lines.thread.start();
    return lines;
  }

  /**
   * When this returns, nothing is written any more, unless a terminal that is stopped holds up a
   * line.
   */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(CLOSING_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onEvent(DeliveryEvent event) {
    if (!waiting.offer(event)) {
      missed.incrementAndGet();
    }
  }

  private void show() {
    try {
      while (true) {
        show(waiting.take());
        int lost = missed.getAndSet(0);
        if (lost > 0) {
          lines.say("", "…", lost + " lines more came than could be shown");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void show(DeliveryEvent event) {
    switch (event) {
      case DeliveryEvent.EventAccepted(var id, _, var source, var type, var rules, _) ->
          onAccepted(id, source, type, AgentRule.agents(rules));
      case DeliveryEvent.AttemptMade made ->
          AgentRule.agent(made.rule()).ifPresent(agent -> onAttempt(agent, made));
      case DeliveryEvent.DeadLettered(var id, var rule, _, var code, _, var attempts) ->
          AgentRule.agent(rule)
              .ifPresent(
                  agent ->
                      lines.say(
                          "red",
                          "dead letter",
                          row(agent, id)
                              + ": "
                              + code
                              + (attempts > 1 ? " after " + attempts + " attempts" : "")
                              + "; ./agentpost dlq show "
                              + agent));
      case DeliveryEvent.Dropped(var id, var rule, var code, _) ->
          AgentRule.agent(rule)
              .ifPresent(agent -> lines.say("red", "dropped", row(agent, id) + ": " + code));
    }
  }

  private void onAccepted(String id, String source, String type, List<String> agents) {
    types.put(id, type);
    if (!agents.isEmpty()) {
      lines.say("bold", "event", type + " from " + source + ", for " + String.join(", ", agents));
    }
  }

  private void onAttempt(String agent, DeliveryEvent.AttemptMade made) {
    String row = row(agent, made.eventId());
    String took = made.took().toMillis() + " ms";
    if (made.status().filter(code -> code / 100 == 2).isPresent()) {
      lines.say(
          "green",
          "delivered",
          row + (made.attempt() == 1 ? ", " : ", at attempt " + made.attempt() + ", ") + took);
      return;
    }
    String again =
        made.nextWait()
            .map(wait -> String.format(Locale.ROOT, "; again in %.0f s", wait.toMillis() / 1000.0))
            .orElse("");
    lines.say(
        "yellow",
        "refused",
        row
            + ": "
            + made.status().map(String::valueOf).orElse(made.outcome())
            + ", "
            + took
            + again);
  }

  private String row(String agent, String eventId) {
    return agent + "  " + types.getOrDefault(eventId, eventId);
  }
}
