package agentpost.local.outage;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.BreakerPolicy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutageSimulationTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void theSameSeedHasTheSameResultAndAnotherSeedAnother() {
    OutageScenario scenario = OutageScenario.withDefaults(2, MINUTE.multipliedBy(2)).withRate(8);
    OutageResult result = OutageSimulation.run(scenario, 7);
    assertThat(result).isEqualTo(OutageSimulation.run(scenario, 7));
    assertThat(result).isNotEqualTo(OutageSimulation.run(scenario, 8));
  }

  /**
   * An event a second. The first, at 0 s, is the one failure that opens the circuit, for a minute.
   * It comes back within a second and is refused as events 1 to 59 are, each once and until some
   * time in the next minute. Event 60 is the probe, and is answered; from then on none is refused.
   */
  @Test
  void oneFailureOpensTheCircuitAndAProbeClosesItAfterTheMinute() {
    OutageResult result =
        OutageSimulation.run(
            OutageScenario.withDefaults(1, SECOND.multipliedBy(30))
                .withRate(10)
                .withBreaker(Optional.of(new BreakerPolicy(1, 1, MINUTE, MINUTE, MINUTE))),
            7);
    assertThat(result.mostWaiting()).isEqualTo(61);
    assertThat(result.runs() - result.asked()).as("refused by the breaker").isEqualTo(60);
    assertThat(result.caughtUp().orElseThrow())
        .isBetween(SECOND.multipliedBy(30), SECOND.multipliedBy(91));
    assertThat(result.oldest()).isBetween(MINUTE, MINUTE.multipliedBy(2).plus(SECOND));
    assertThat(result.letters()).isZero();
  }

  /**
   * The agent is back when events 0 to 239 are too old, and 240 to 299 are not; of those some have
   * no attempt left in their time. Recovery's probes fail after 2, 3 and 5 minutes, if it is then
   * that the agent is asked; the next is at 9.
   */
  @Test
  void whatIsTooOldBecomesALetterAndRecoverySendsIt() {
    OutageResult result =
        OutageSimulation.run(
            OutageScenario.withDefaults(1, MINUTE.multipliedBy(5))
                .withRate(10)
                .withBreaker(Optional.empty())
                .withMaxAge(MINUTE),
            7);
    assertThat(result.letters()).isBetween(240, 300);
    assertThat(result.caughtUp().orElseThrow()).isBetween(MINUTE, MINUTE.multipliedBy(5));
  }

  @Test
  void withoutRecoveryLettersStay() {
    OutageResult result =
        OutageSimulation.run(
            OutageScenario.withDefaults(1, MINUTE.multipliedBy(5))
                .withRecovery(Optional.empty())
                .withMaxAge(MINUTE)
                .within(MINUTE.multipliedBy(20)),
            7);
    assertThat(result.caughtUp()).isEmpty();
    assertThat(result.samples().getLast().waiting()).isEqualTo(result.letters());
  }
}
