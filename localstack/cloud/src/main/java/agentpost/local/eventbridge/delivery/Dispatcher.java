package agentpost.local.eventbridge.delivery;

import agentpost.local.eventbridge.registry.RateLimit;
import agentpost.local.time.Timeline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Calls of targets, so many at a time in all and of each target. What has no turn waits in its
 * target's line, without a thread and before its time begins to count, and holds up no other line.
 */
final class Dispatcher {
  /** Each is a virtual thread, mostly with a socket. */
  static final int MAX_CALLS = 256;

  private final Timeline timeline;
  private final FairShares places = new FairShares(MAX_CALLS);
  private final Map<String, TargetQueue> lines = new LinkedHashMap<>();

  Dispatcher(Timeline timeline) {
    this.timeline = timeline;
  }

  /** One that waits for its turn. */
  interface Call extends Runnable {
    /** It needs no room in its target's rate any more. */
    boolean isTooOld();
  }

  /**
   * Where a call waits.
   *
   * @param name the target's ARN
   * @param atOnce calls of this target at most; asked again when a call is over
   * @param limit its rate, if it has one
   */
  record CallPermit(String name, IntSupplier atOnce, Optional<RateLimit> limit) {
    CallPermit(String name, int atOnce, Optional<RateLimit> limit) {
      this(name, () -> atOnce, limit);
    }
  }

  private static final class TargetQueue {
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private CallPermit place;
    private int atOnce;
    private boolean waitsForRate;

    private TargetQueue(CallPermit place) {
      this.place = place;
    }

    private void update(CallPermit now) {
      place = now;
      atOnce = now.atOnce().getAsInt();
    }
  }

  /** How long a call that comes now has to wait for its target's rate. */
  synchronized Duration wait(CallPermit place) {
    TargetQueue line = lines.get(place.name());
    return place
        .limit()
        .map(limit -> limit.wait(line == null ? 0 : line.waiting.size()))
        .orElse(Duration.ZERO);
  }

  /** Runs it when it is its turn, on the timeline. */
  synchronized void enqueue(CallPermit place, Call call) {
    TargetQueue line = lines.computeIfAbsent(place.name(), _ -> new TargetQueue(place));
    line.update(place);
    line.waiting.add(call);
    startAll();
  }

  /** One of each line, and again, so that none is before the others. */
  private synchronized void startAll() {
    for (boolean started = true; started; ) {
      started = false;
      for (Iterator<TargetQueue> all = lines.values().iterator(); all.hasNext(); ) {
        TargetQueue line = all.next();
        if (!line.waiting.isEmpty() && mayStart(line)) {
          Call call = line.waiting.remove();
          started = true;
          String name = line.place.name();
          timeline.schedule(Duration.ZERO, () -> run(name, call));
        }
        if (line.waiting.isEmpty() && !line.waitsForRate) {
          all.remove();
        }
      }
    }
  }

  private boolean mayStart(TargetQueue line) {
    if (line.waitsForRate || !places.take(line.place.name(), line.atOnce)) {
      return false;
    }
    Duration wait =
        line.waiting.element().isTooOld()
            ? Duration.ZERO
            : line.place.limit().map(RateLimit::take).orElse(Duration.ZERO);
    if (wait.isZero()) {
      return true;
    }
    places.give(line.place.name());
    line.waitsForRate = true;
    timeline.schedule(wait, () -> goOn(line));
    return false;
  }

  private synchronized void goOn(TargetQueue line) {
    line.waitsForRate = false;
    startAll();
  }

  private void run(String name, Call call) {
    try {
      call.run();
    } finally {
      finish(name);
    }
  }

  private synchronized void finish(String name) {
    places.give(name);
    TargetQueue line = lines.get(name);
    if (line != null) {
      line.update(line.place);
    }
    startAll();
  }
}
