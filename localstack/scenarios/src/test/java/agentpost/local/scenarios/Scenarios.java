package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The suite, once for each cloud that a class of this kind opens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Scenarios
    implements BusScenarios,
        CheckScenarios,
        DeliveryScenarios,
        RequestScenarios,
        ReplayScenarios,
        StoreScenarios,
        AppScenarios,
        HostedScenarios,
        WorkflowScenarios {
  /** A CDK stage's name, which everything of this run begins with. */
  private final String run =
      "it" + Integer.toString(new SecureRandom().nextInt(36 * 36 * 36 * 36 * 36), 36);

  private final Set<Gap> asked = EnumSet.noneOf(Gap.class);
  private @Nullable Cloud cloud;

  abstract Cloud open(Path directory, String stage) throws Exception;

  @BeforeAll
  void open(@TempDir Path directory) throws Exception {
    cloud = open(directory, run);
  }

  @AfterAll
  void close() {
    if (cloud != null) {
      cloud.close();
    }
  }

  @BeforeEach
  void nothingIsAskedYet() {
    asked.clear();
  }

  /** Else a scenario would declare a difference that is none. */
  @AfterEach
  void everyGapThatIsDeclaredWasAskedFor(TestInfo test) {
    Hits hits = test.getTestMethod().orElseThrow().getAnnotation(Hits.class);
    Set<Gap> declared = EnumSet.noneOf(Gap.class);
    Optional.ofNullable(hits).ifPresent(some -> declared.addAll(Arrays.asList(some.value())));
    assertThat(asked).as("gaps asked for, which @Hits declares").isEqualTo(declared);
  }

  @Override
  public Cloud cloud() {
    return Objects.requireNonNull(cloud);
  }

  @Override
  public String unique(String name) {
    return run + "-" + name;
  }

  @Override
  public void expect(Gap gap, Step asOnAws, Step instead) throws Exception {
    asked.add(gap);
    if (cloud().gaps().contains(gap)) {
      instead.run();
    } else {
      asOnAws.run();
    }
  }
}
