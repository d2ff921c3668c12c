package agentpost.local.scenarios;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What every scenario has. */
interface Scenario {
  /** For what a cloud does by itself; those that are slow have a busy machine to run on. */
  Duration TIMEOUT = Duration.ofSeconds(30);

  /** How long nothing must happen, for it to be said that it does not. */
  Duration QUIET = Duration.ofMillis(1500);

  Cloud cloud();

  /** A name that nothing else has, in this run or another. */
  String unique(String name);

  interface Step {
    void run() throws Exception;
  }

  /**
   * What the cloud should do, and what it does as long as it has a gap, which the scenario must say
   * that it {@link Hits}.
   */
  void expect(Gap gap, Step asOnAws, Step instead) throws Exception;

  static void eventually(BooleanSupplier condition) {
    await().atMost(TIMEOUT).until(condition::getAsBoolean);
  }

  static void never(BooleanSupplier condition) {
    await().during(QUIET).atMost(QUIET.plusSeconds(5)).until(() -> !condition.getAsBoolean());
  }
}
