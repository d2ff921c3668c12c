package agentpost.local.lambda;

import agentpost.local.lambda.FunctionHost.Result;
import agentpost.local.time.Timeline;
import agentpost.platform.Backoff;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * Lambda's asynchronous invocations, as rules' targets use them: accepted at once, and tried again
 * by Lambda, not by whoever invoked. A function that fails is tried twice more, after one minute
 * and after two; one that is throttled for six hours, after 1 s, 2 s, 4 s … 5 min (Lambda developer
 * guide, "How Lambda handles errors and retries with asynchronous invocation"), or as little as its
 * {@link EventInvokeConfig} says. What is given up then is in the function's log: destinations and
 * dead-letter queues of functions are refused here.
 */
public final class AsyncInvocations {
  private static final Duration RETRY_INTERVAL = Duration.ofMinutes(1);
  private static final Backoff THROTTLE_DELAYS =
      new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  /** What waits here waits in memory; EventBridge keeps on disk what it cannot hand over. */
  private static final int MAX_WAITING = 10_000;

  private static final long MAX_WAITING_CHARACTERS = 16_000_000;

  private final FunctionHost functions;
  private final Timeline timeline;
  private final BiConsumer<String, String> log;

  /** By a function's name and its qualifier, with a colon between them. */
  private final Map<String, EventInvokeConfig> configs = new ConcurrentHashMap<>();

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingCharacters = new AtomicLong();

  /**
   * @param log takes a function's name and a line
   */
  public AsyncInvocations(
      FunctionHost functions, Timeline timeline, BiConsumer<String, String> log) {
    this.functions = functions;
    this.timeline = timeline;
    this.log = log;
  }

  /** Whether so many invocations are accepted and not over that the next one should come later. */
  public boolean isFull() {
    return waiting.get() >= MAX_WAITING || waitingCharacters.get() >= MAX_WAITING_CHARACTERS;
  }

  /**
   * @param function its name, a colon, and the version or alias that it is about
   */
  public void configure(String function, EventInvokeConfig config) {
    configs.put(function, config);
  }

  /**
   * @param function its name or ARN, with or without a qualifier
   * @return false if there is no such function, which its log says too: not all who invoke it look
   */
  public boolean accept(String function, String event) {
    Optional<String> name = functions.find(function);
    if (name.isEmpty()) {
      log.accept(
          FunctionName.of(function).map(FunctionName::name).orElse(function),
          "not invoked: there is no such function: " + function);
      return false;
    }
    waiting.incrementAndGet();
    waitingCharacters.addAndGet(event.length());
    timeline.schedule(
        Duration.ZERO,
        () ->
            run(
                new Accepted(name.get(), event, config(function)),
                1,
                THROTTLE_DELAYS.initial(),
                Duration.ZERO));
    return true;
  }

  private EventInvokeConfig config(String function) {
    return FunctionName.of(function)
        .map(asked -> asked.name() + ":" + asked.qualifier().orElse("$LATEST"))
        .map(configs::get)
        .orElse(EventInvokeConfig.DEFAULT);
  }

  private record Accepted(String function, String event, EventInvokeConfig config) {
    boolean isTooOld(Duration age) {
      return age.compareTo(config.maxAge()) > 0;
    }
  }

  private void isOver(String event) {
    waiting.decrementAndGet();
    waitingCharacters.addAndGet(-event.length());
  }

  /**
   * @param attempt that the function fails or not, from 1; throttled ones do not count
   * @param whenThrottled the wait if it is throttled now
   * @param waited since it was accepted
   */
  private void run(Accepted accepted, int attempt, Duration whenThrottled, Duration waited) {
    String function = accepted.function();
    String event = accepted.event();
    try {
      switch (functions.invoke(function, event)) {
        case Result.Answered<String> _ -> isOver(event);
        case Result.NoSuchFunction<String> _ -> {
          isOver(event);
          log.accept(function, "asynchronous invocation given up: the function is gone");
        }
        case Result.Failed<String>(var why) -> {
          Duration wait = RETRY_INTERVAL.multipliedBy(attempt);
          if (attempt > accepted.config().maxRetries() || accepted.isTooOld(waited.plus(wait))) {
            isOver(event);
            log.accept(
                function,
                "asynchronous invocation given up after "
                    + attempt
                    + (attempt == 1 ? " attempt: " : " attempts: ")
                    + why);
          } else {
            timeline.schedule(
                wait,
                () -> run(accepted, attempt + 1, THROTTLE_DELAYS.initial(), waited.plus(wait)));
          }
        }
        case Result.Throttled<String> _ -> {
          if (accepted.isTooOld(waited.plus(whenThrottled))) {
            isOver(event);
            log.accept(
                function,
                "asynchronous invocation given up: throttled for "
                    + accepted.config().maxAge().toSeconds()
                    + " s");
          } else {
            Duration next = THROTTLE_DELAYS.delayAfter(whenThrottled);
            timeline.schedule(
                whenThrottled, () -> run(accepted, attempt, next, waited.plus(whenThrottled)));
          }
        }
      }
    } catch (InterruptedException e) {
      // The cloud is closing.
      Thread.currentThread().interrupt();
    }
  }
}
