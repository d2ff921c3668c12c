package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.local.SourceSnapshot.Stamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of edits that cannot be read or applied the first time. */
class ChangePollerTest {
  private final Map<String, Stamp> files = new HashMap<>();
  private final List<Set<String>> applied = new ArrayList<>();
  private final Map<String, Stamp> editedMeanwhile = new HashMap<>();
  private final List<Boolean> outdated = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private int failingLooks;
  private int failingUpdates;
  private boolean isUnchecked;
  private Set<String> left = Set.of();
  private ChangePoller poller;

  @BeforeEach
  void start() throws InterruptedException {
    poller = started();
  }

  private ChangePoller started() throws InterruptedException {
    return new ChangePoller(
        () -> {
          if (failingLooks > 0) {
            failingLooks--;
            throw new IOException("A.java is gone");
          }
          return new SourceSnapshot(Map.copyOf(files));
        },
        changed -> {
          applied.add(changed);
          outdated.add(poller.isOutdated());
          files.putAll(editedMeanwhile);
          outdated.add(poller.isOutdated());
          if (failingUpdates > 0) {
            failingUpdates--;
            if (isUnchecked) {
              throw new UncheckedIOException(new IOException("the disk is full"));
            }
            throw new IOException("the disk is full");
          }
          return left;
        },
        told::add);
  }

  private void edit(String file) {
    files.merge(file, new Stamp(1, 1), (is, _) -> new Stamp(is.modified() + 1, is.size()));
  }

  private void poll(int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      poller.poll();
    }
  }

  @Test
  void anEditIsAppliedOnceWhenNobodyWritesAnyMore() throws Exception {
    edit("A.java");
    poll(1);
    edit("A.java");
    poll(1);
    assertThat(applied).isEmpty();
    poll(5);
    assertThat(applied).containsExactly(Set.of("A.java"));
    assertThat(told).isEmpty();
  }

  @Test
  void whatCannotBeReadIsToldOnceAndTriedUntilItCan() throws Exception {
    edit("A.java");
    failingLooks = 5;
    poll(5);
    assertThat(applied).isEmpty();
    assertThat(told)
        .containsExactly(
            "changes could not be read; trying again: java.io.IOException: A.java is gone");
    poll(2);
    assertThat(applied).containsExactly(Set.of("A.java"));
    // Another time is another failure.
    failingLooks = 2;
    poll(3);
    assertThat(told).hasSize(2);
  }

  /** The first look, too: the watch goes on from the one that succeeds. */
  @Test
  void whatCannotBeReadAtTheBeginningIsWatchedAllTheSame() throws Exception {
    failingLooks = 2;
    poller = started();
    poll(3);
    edit("A.java");
    poll(2);
    assertThat(applied).containsExactly(Set.of("A.java"));
    assertThat(told).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatCannotBeAppliedIsToldOnceAndTriedUntilItCan(boolean unchecked) throws Exception {
    isUnchecked = unchecked;
    failingUpdates = 3;
    edit("A.java");
    poll(40);
    assertThat(applied).hasSize(4).containsOnly(Set.of("A.java"));
    assertThat(told).singleElement().asString().contains("the disk is full");
    edit("B.java");
    poll(2);
    assertThat(applied).last().isEqualTo(Set.of("B.java"));
  }

  /** Each attempt says what it compiles. */
  @Test
  void whatCannotBeAppliedIsTriedLessAndLessOftenWhileNothingElseChanges() throws Exception {
    failingUpdates = Integer.MAX_VALUE;
    edit("A.java");
    poll(600);
    assertThat(applied).hasSizeBetween(8, 16);
    int before = applied.size();
    edit("A.java");
    poll(2);
    assertThat(applied).hasSize(before + 1);
  }

  /** The catalog names a class that is written a minute later. */
  @Test
  void whatHadAnErrorIsChangedStillWhenAnotherFileIs() throws Exception {
    left = Set.of("agents.yaml");
    edit("agents.yaml");
    poll(10);
    assertThat(applied).containsExactly(Set.of("agents.yaml"));
    left = Set.of();
    edit("NewAgent.java");
    poll(10);
    edit("Other.java");
    poll(10);
    assertThat(applied)
        .containsExactly(
            Set.of("agents.yaml"), Set.of("agents.yaml", "NewAgent.java"), Set.of("Other.java"));
  }

  @Test
  void whatIsEditedMeanwhileIsKnownAndComesNext() throws Exception {
    editedMeanwhile.put("B.java", new Stamp(1, 1));
    edit("A.java");
    poll(5);
    assertThat(outdated).containsExactly(false, true, false, false);
    assertThat(applied).containsExactly(Set.of("A.java"), Set.of("B.java"));
  }

  @Test
  void aFileThatIsGoneHasChanged() throws Exception {
    IntStream.range(0, 3).forEach(i -> edit("F" + i + ".java"));
    poll(2);
    files.remove("F1.java");
    poll(2);
    assertThat(applied).last().isEqualTo(Set.of("F1.java"));
  }
}
