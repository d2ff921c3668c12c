package agentpost.local.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever is planned, and whatever that plans in turn: each runs at its own time, none before one
 * that is due earlier, and nothing that is due is left out.
 */
class AdvancePropertyTest {
  private static final Instant START = Instant.parse("2026-03-31T10:30:00Z");

  private record Ran(Instant due, Instant at) {}

  private static final class Plans {
    private final ScaledTimeline timeline;
    private final Random random;
    private final ConcurrentLinkedQueue<Ran> ran = new ConcurrentLinkedQueue<>();
    private final List<Instant> left = new ArrayList<>();

    Plans(ScaledTimeline timeline, long seed) {
      this.timeline = timeline;
      this.random = new Random(seed);
    }

    private synchronized Duration wait(int minutes) {
      return Duration.ofMinutes(random.nextInt(minutes));
    }

    /** A task that plans so many more, the first of them for at once. */
    synchronized void plan(Instant due, int more) {
      left.add(due);
      timeline.schedule(
          Duration.between(timeline.now(), due),
          () -> {
            Instant now = timeline.now();
            for (int i = 0; i < more; i++) {
              plan(i == 0 ? now : now.plus(wait(500)), more - 1);
            }
            ran.add(new Ran(due, now));
            synchronized (this) {
              left.remove(due);
            }
          });
    }
  }

  @Property
  void everyTaskRunsAtItsOwnTimeAndInOrder(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20) int tasks,
      @ForAll @IntRange(min = 1, max = 4) int steps) {
    try (ScaledTimeline timeline = new ScaledTimeline(1, Clock.fixed(START, ZoneOffset.UTC))) {
      Plans plans = new Plans(timeline, seed);
      Instant first = timeline.now().plus(Duration.ofMinutes(10));
      for (int task = 0; task < tasks; task++) {
        plans.plan(first.plus(plans.wait(1000)), task % 4);
      }
      for (int step = 0; step < steps; step++) {
        timeline.advance(Duration.ofHours(20).dividedBy(steps));
      }
      assertThat(plans.ran)
          .allSatisfy(one -> assertThat(one.at()).isBetween(one.due(), one.due().plusSeconds(59)));
      assertThat(plans.ran).extracting(Ran::at).isSorted();
      assertThat(plans.left)
          .allSatisfy(due -> assertThat(due).isAfter(first.plus(Duration.ofMinutes(1190))));
    }
  }

  @Property
  void aLookIsRightBeforeWhateverElseIsDue(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int longest) {
    try (ScaledTimeline timeline = new ScaledTimeline(1, Clock.fixed(START, ZoneOffset.UTC))) {
      ConcurrentHashMap<Instant, Instant> lastLook = new ConcurrentHashMap<>();
      ConcurrentLinkedQueue<Instant> looks = new ConcurrentLinkedQueue<>();
      Random random = new Random(seed);
      Instant start = timeline.now();
      look(timeline, Duration.ofMinutes(longest), looks);
      for (int task = 0; task < 20; task++) {
        timeline.schedule(
            Duration.ofSeconds(60 + random.nextInt(30_000)),
            () -> lastLook.put(timeline.now(), looks.stream().reduce(start, (_, later) -> later)));
      }
      timeline.advance(Duration.ofSeconds(31_000));
      assertThat(lastLook)
          .isNotEmpty()
          .allSatisfy(
              (at, look) ->
                  assertThat(Duration.between(look, at))
                      .isLessThanOrEqualTo(Duration.ofMinutes(1)));
      assertThat(
              Duration.between(
                  looks.stream().reduce(start, (_, later) -> later), start.plusSeconds(31_000)))
          .isLessThanOrEqualTo(Duration.ofMinutes(1));
      assertThat(looks.size())
          .as("fewer, the longer they may wait")
          .isLessThanOrEqualTo(31_000 / 60 / (longest + 1) + 22);
    }
  }

  private static void look(
      ScaledTimeline timeline, Duration longest, ConcurrentLinkedQueue<Instant> looks) {
    timeline.look(
        Duration.ofMinutes(1),
        Duration.ofMinutes(1),
        () -> longest,
        () -> {
          looks.add(timeline.now());
          look(timeline, longest, looks);
        });
  }
}
