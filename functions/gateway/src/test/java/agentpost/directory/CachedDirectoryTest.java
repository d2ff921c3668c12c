package agentpost.directory;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.directory.CachedDirectory.Lookup;
import agentpost.testing.FakeDirectory;
import agentpost.testing.MovableClock;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CachedDirectoryTest {
  private static final int CALLERS = 50;

  private final FakeDirectory service = new FakeDirectory().with("crm", "1");
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:01Z"));
  private final Deque<Runnable> background = new ArrayDeque<>();
  private final List<String> log = new ArrayList<>();
  private final CachedDirectory<Integer> directory = directory();

  private CachedDirectory<Integer> directory() {
    return new CachedDirectory<>(
        service,
        FakeDirectory.AGENTS,
        (_, entry) -> entry.asInt(),
        clock,
        background::add,
        log::add);
  }

  private void runBackground() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  private static Lookup<Integer> found(int entry) {
    return new Lookup.Found<>(entry);
  }

  @Test
  void anEnvironmentReadsOnceForAllAgents() {
    for (int i = 0; i < 300; i++) {
      service.with("agent-" + i, String.valueOf(i));
    }
    for (int i = 0; i < 300; i++) {
      assertThat(directory.find("agent-" + i)).isEqualTo(found(i));
    }
    assertThat(directory.findAll()).hasSize(301);
    assertThat(service.calls()).isEqualTo(1);
  }

  @Test
  void aRefreshIsBesideTheDeliveryThatFindsItDue() {
    directory.find("crm");
    service.with("crm", "2");
    clock.move(Duration.ofSeconds(61));
    assertThat(directory.find("crm")).isEqualTo(found(1));
    assertThat(directory.find("crm")).isEqualTo(found(1));
    assertThat(service.calls()).as("nobody waited for a read").isEqualTo(1);
    assertThat(background).as("and one was begun").hasSize(1);
    runBackground();
    assertThat(directory.find("crm")).isEqualTo(found(2));
    assertThat(service.calls()).isEqualTo(2);
  }

  /** As SnapStart's are when they are restored, and those that nobody called for a while. */
  @Test
  void anEnvironmentThatSleptReadsBeforeItDelivers() {
    directory.find("crm");
    service.with("crm", "2");
    clock.move(Duration.ofDays(13));
    assertThat(directory.find("crm")).isEqualTo(found(2));
  }

  @Test
  void aClockThatWasSetBackKeepsNothingOld() {
    directory.find("crm");
    service.with("crm", "2");
    clock.move(Duration.ofHours(-1));
    assertThat(directory.find("crm")).isEqualTo(found(2));
  }

  @Test
  void aNewAgentIsFoundAtOnce() {
    directory.find("crm");
    service.with("new", "7");
    assertThat(directory.find("new")).isEqualTo(found(7));
    assertThat(directory.find("nobody")).isEqualTo(new Lookup.Missing<Integer>());
  }

  @Test
  void whatWasNeverReadIsUnavailableAndAskedForAgainASecondLater() {
    service.down(true);
    for (int i = 0; i < 10; i++) {
      assertThat(directory.find("crm")).isInstanceOf(Lookup.Unavailable.class);
    }
    assertThat(service.calls()).isEqualTo(1);
    assertThat(log).singleElement().asString().contains("SdkClientException");
    service.down(false);
    clock.move(Duration.ofSeconds(1));
    assertThat(directory.find("crm")).isEqualTo(found(1));
  }

  @Test
  void aDirectoryThatIsNoneChangesNothing() {
    directory.find("crm");
    service.with("crm", "}");
    clock.move(Duration.ofDays(1));
    assertThat(directory.find("crm")).isEqualTo(found(1));
    assertThat(log).singleElement().asString().contains("one JSON object");
  }

  /**
   * The property: whatever the service does and however long, who was found once is found with what
   * the last read that did not fail had; and after a good read that is what the service has.
   */
  @Test
  void aFailureKeepsTheLastKnown() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      CachedDirectory<Integer> one = directory();
      service.down(false);
      service.with("crm", "0");
      assertThat(one.find("crm")).isEqualTo(found(0));
      int last = 0;
      for (int step = 1; step < 60; step++) {
        boolean down = random.nextBoolean();
        service.down(down);
        service.with("crm", String.valueOf(step));
        clock.move(Duration.ofSeconds(random.nextInt(300)));
        int before = service.calls();
        Lookup<Integer> during = one.find("crm");
        boolean waited = service.calls() > before;
        runBackground();
        boolean wasRead = service.calls() > before;
        assertThat(during).as("seed %d", seed).isEqualTo(found(waited && !down ? step : last));
        last = wasRead && !down ? step : last;
        assertThat(one.findAll()).as("seed %d", seed).isEqualTo(Map.of("crm", last));
      }
      runBackground();
    }
  }

  /** However many come at once: cold, for a name that is new, or with a refresh due. */
  @Test
  void aStampedeMakesOneRead() throws Exception {
    assertThat(stampede("crm")).isEqualTo(1);
    service.with("new", "2");
    assertThat(stampede("new")).isEqualTo(1);
    clock.move(Duration.ofSeconds(61));
    int before = service.calls();
    stampede("crm");
    assertThat(service.calls()).isEqualTo(before);
    assertThat(background).hasSize(1);
  }

  /** All of them have come before a read is answered. */
  private int stampede(String name) throws Exception {
    int before = service.calls();
    CountDownLatch come = new CountDownLatch(CALLERS);
    service.beforeAnswer(() -> await(come));
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<Lookup<Integer>>> answers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        answers.add(
            callers.submit(
                () -> {
                  come.countDown();
                  return directory.find(name);
                }));
      }
      for (Future<Lookup<Integer>> answer : answers) {
        assertThat(answer.get()).isInstanceOf(Lookup.Found.class);
      }
    }
    return service.calls() - before;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts here", e);
    }
  }

  @Test
  void entriesAreReadByTheirReader() {
    Map<String, JsonNode> seen = new TreeMap<>();
    CachedDirectory<String> texts =
        new CachedDirectory<>(
            service.with("map", "{\"a\":1}"),
            FakeDirectory.AGENTS,
            (name, entry) -> {
              seen.put(name, entry);
              return entry.toString();
            },
            clock,
            background::add,
            log::add);
    assertThat(texts.find("map")).isEqualTo(new Lookup.Found<>("{\"a\":1}"));
    assertThat(seen).containsOnlyKeys("crm", "map");
  }
}
