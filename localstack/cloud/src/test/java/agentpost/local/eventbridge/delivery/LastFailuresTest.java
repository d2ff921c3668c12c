package agentpost.local.eventbridge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.eventbridge.targets.AttemptResult;
import org.junit.jupiter.api.Test;

class LastFailuresTest {
  private final LastFailures failures = new LastFailures();

  private static AttemptResult.Failed failed(String why) {
    return AttemptResult.failed("TIMEOUT", why, true);
  }

  @Test
  void whatSaysTheSameIsKeptOnce() {
    AttemptResult.Failed first = failures.keep("a", failed("late"));
    assertThat(failures.keep("a", failed("late"))).isSameAs(first);
    AttemptResult.Failed other = failed("later");
    assertThat(failures.keep("a", other)).isSameAs(other);
    assertThat(failures.keep("b", failed("late"))).isNotSameAs(first);
  }

  /** Destinations come and go; each has an ARN of its own. */
  @Test
  void ofTargetsNobodyHasAskedForLatelyNothingIsKept() {
    AttemptResult.Failed first = failures.keep("gone", failed("late"));
    AttemptResult.Failed used = failures.keep("used", failed("late"));
    for (int i = 0; i < LastFailures.MAX_TARGETS; i++) {
      assertThat(failures.keep("used", failed("late"))).isSameAs(used);
      failures.keep("other-" + i, failed("late"));
    }
    assertThat(failures.keep("gone", failed("late"))).isNotSameAs(first);
  }
}
