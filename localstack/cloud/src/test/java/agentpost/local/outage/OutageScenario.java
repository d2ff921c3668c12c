package agentpost.local.outage;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.BreakerPolicy;
import agentpost.catalog.RecoveryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One agent that is down from the first event on.
 *
 * @param arrivals events for it a second, evenly spread
 * @param outage how long it refuses connections
 * @param settings its own in the catalog
 * @param letterTime what the recovery, which sends one letter after the other, needs for one: the
 *     agent's own time, and reads and writes of the letter and of the agent's row
 * @param limit when the simulation ends even if events of the outage are left
 */
public record OutageScenario(
    int arrivals, Duration outage, AgentSettings settings, Duration letterTime, Duration limit) {
  /** With the catalog's defaults. */
  public static OutageScenario withDefaults(int arrivals, Duration outage) {
    return new OutageScenario(
        arrivals,
        outage,
        new AgentSettings(
            AgentSettings.MAX_RATE,
            OptionalInt.of(AgentSettings.DEFAULT_IN_FLIGHT),
            Optional.of(BreakerPolicy.DEFAULT),
            Optional.of(RecoveryPolicy.DEFAULT),
            Optional.empty(),
            AgentSettings.DEFAULT_SIGNATURE,
            AgentSettings.MAX_AGE),
        Duration.ofMillis(70),
        Duration.ofHours(24));
  }

  /** So many events as one: what takes turns is as much slower. */
  public OutageScenario scaled(int events) {
    OutageScenario slower = withRate(settings.rate() / events);
    return new OutageScenario(
        arrivals / events, outage, slower.settings(), letterTime.multipliedBy(events), limit);
  }

  public OutageScenario withRate(int rate) {
    return with(rate, settings.breaker(), settings.recovery(), settings.maxAge());
  }

  public OutageScenario withBreaker(Optional<BreakerPolicy> breaker) {
    return with(settings.rate(), breaker, settings.recovery(), settings.maxAge());
  }

  public OutageScenario withRecovery(Optional<RecoveryPolicy> recovery) {
    return with(settings.rate(), settings.breaker(), recovery, settings.maxAge());
  }

  public OutageScenario withMaxAge(Duration maxAge) {
    return with(settings.rate(), settings.breaker(), settings.recovery(), maxAge);
  }

  public OutageScenario within(Duration limit) {
    return new OutageScenario(arrivals, outage, settings, letterTime, limit);
  }

  private OutageScenario with(
      int rate,
      Optional<BreakerPolicy> breaker,
      Optional<RecoveryPolicy> recovery,
      Duration maxAge) {
    return new OutageScenario(
        arrivals,
        outage,
        new AgentSettings(
            rate,
            settings.inFlight(),
            breaker,
            recovery,
            settings.external(),
            settings.signature(),
            maxAge),
        letterTime,
        limit);
  }
}
