package agentpost.local.eventbridge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.eventbridge.registry.RateLimit;
import agentpost.local.testing.ManualTimeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.Test;

/**
 * How many calls are under way, and of which targets. On a timeline whose tasks have threads of
 * their own only where a call is to last.
 */
class DispatcherTest {
  private static final Instant START = Instant.parse("2026-03-31T10:30:00Z");
  private ManualTimeline timeline = new ManualTimeline(START);
  private Dispatcher dispatcher = new Dispatcher(timeline);
  private final List<String> made = new ArrayList<>();

  /** Each try of a property has the same instance. */
  @BeforeTry
  void anew() {
    timeline = new ManualTimeline(START);
    dispatcher = new Dispatcher(timeline);
    made.clear();
  }

  private record Call(Runnable work, boolean isTooOld) implements Dispatcher.Call {
    @Override
    public void run() {
      work.run();
    }
  }

  private void enqueue(Dispatcher.CallPermit place, String name) {
    dispatcher.enqueue(place, new Call(() -> made.add(name), false));
  }

  private static Dispatcher.CallPermit place(String name, int atOnce) {
    return new Dispatcher.CallPermit(name, atOnce, Optional.empty());
  }

  /** Started calls are tasks of a timeline that does not move: they are under way until it does. */
  private int underWay(Dispatcher.CallPermit place, int calls) {
    int before = timeline.planned();
    IntStream.range(0, calls).forEach(i -> enqueue(place, place.name() + i));
    return timeline.planned() - before;
  }

  @Test
  void aTargetHasSoManyCallsAtATimeAndTheRestWaitInLine() {
    assertThat(underWay(place("a", 64), 1000)).isEqualTo(64);
    timeline.settle();
    assertThat(made).hasSize(1000).startsWith("a0", "a1", "a2").endsWith("a999");
  }

  /** What a target has may change with what its calls find out; it is as after the last of them. */
  @Test
  void aTargetThatMayHaveMoreGetsMoreWhenACallIsOver() {
    AtomicInteger most = new AtomicInteger(1);
    Dispatcher.CallPermit cold = new Dispatcher.CallPermit("a", most::get, Optional.empty());
    List<Integer> startedBeside = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      dispatcher.enqueue(
          cold,
          new Call(
              () -> {
                startedBeside.add(timeline.planned());
                most.set(4);
              },
              false));
    }
    timeline.settle();
    assertThat(startedBeside).containsExactly(0, 3, 3, 3, 3, 3, 3, 2, 1, 0);
  }

  /**
   * Whatever many targets that never answer hold on to, one more gets its turn, and all together
   * have so many and no more.
   */
  @Property(tries = 50)
  void targetsThatDoNotAnswerHoldUpNoOther(@ForAll @IntRange(min = 1, max = 100) int hanging) {
    int all = IntStream.range(0, hanging).map(i -> underWay(place("hanging-" + i, 64), 500)).sum();
    assertThat(all).isLessThanOrEqualTo(Dispatcher.MAX_CALLS + hanging);
    assertThat(underWay(place("quick", 64), 1)).isEqualTo(1);
  }

  /**
   * A second's worth may go at once; after that each call waits for its slot, which it takes when
   * it starts.
   */
  @Test
  void whatWaitsKeepsToTheRate() {
    Dispatcher.CallPermit limited =
        new Dispatcher.CallPermit("a", 64, Optional.of(new RateLimit(timeline, 10)));
    List<Instant> at = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      dispatcher.enqueue(limited, new Call(() -> at.add(timeline.now()), false));
    }
    timeline.settle();
    assertThat(at).hasSize(10);
    assertThat(dispatcher.wait(limited)).isEqualTo(Duration.ofMillis(3100));
    timeline.pass(Duration.ofMillis(100));
    assertThat(at).hasSize(11);
    timeline.pass(Duration.ofMillis(2900));
    assertThat(at).hasSize(40);
    for (int i = 11; i < 40; i++) {
      assertThat(Duration.between(at.get(i - 1), at.get(i))).isEqualTo(Duration.ofMillis(100));
    }
  }

  @Test
  void whatIsTooOldTakesNoRoomInTheRate() {
    Dispatcher.CallPermit limited =
        new Dispatcher.CallPermit("a", 1, Optional.of(new RateLimit(timeline, 1)));
    enqueue(limited, "first");
    for (int i = 0; i < 5; i++) {
      dispatcher.enqueue(limited, new Call(() -> made.add("too old"), true));
    }
    enqueue(limited, "last");
    timeline.settle();
    assertThat(made).hasSize(6);
    timeline.pass(Duration.ofSeconds(1));
    assertThat(made).hasSize(7).endsWith("last");
  }

  /**
   * In any order of targets: each target's calls are made once, in the order in which they came.
   */
  @Property(tries = 100)
  void eachCallIsMadeOnceAndInItsTargetsOrder(@ForAll long seed) {
    Random dice = new Random(seed);
    List<Dispatcher.CallPermit> places =
        IntStream.range(0, 1 + dice.nextInt(40))
            .mapToObj(
                i ->
                    new Dispatcher.CallPermit(
                        "t" + i + "-",
                        1 + dice.nextInt(3),
                        dice.nextBoolean()
                            ? Optional.empty()
                            : Optional.of(new RateLimit(timeline, 1 + dice.nextInt(20)))))
            .toList();
    int[] next = new int[places.size()];
    for (int i = 0; i < 500; i++) {
      int which = dice.nextInt(places.size());
      enqueue(places.get(which), places.get(which).name() + next[which]++);
      if (dice.nextInt(20) == 0) {
        timeline.pass(Duration.ofMillis(dice.nextInt(2000)));
      }
    }
    timeline.pass(Duration.ofHours(1));
    assertThat(made).hasSize(500).doesNotHaveDuplicates();
    for (int i = 0; i < places.size(); i++) {
      String name = places.get(i).name();
      assertThat(made.stream().filter(one -> one.startsWith(name)).toList())
          .isEqualTo(IntStream.range(0, next[i]).mapToObj(number -> name + number).toList());
    }
  }
}
