package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.AgentName;
import agentpost.health.Consent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsentCacheTest {
  private static final AgentName AGENT = new AgentName("newsletter");
  private static final Instant READ_AT = Instant.parse("2026-03-31T10:30:00Z");

  /** However the clock was set meanwhile. */
  @ParameterizedTest
  @CsvSource({
    "PT0S, true, true",
    "PT4.999S, true, true",
    "PT5S, false, true",
    "PT-5S, false, true",
    "PT9M59S, false, true",
    "PT10M, false, false",
    "PT-1H, false, false"
  })
  void whatWasReadIsFreshForFiveSecondsAndOfUseForTenMinutes(
      Duration later, boolean isFresh, boolean isOfUse) {
    ConsentCache cache = new ConsentCache();
    cache.put(AGENT, new Consent(Optional.empty(), Optional.empty(), Optional.empty()), READ_AT);
    assertThat(cache.findFresh(AGENT, READ_AT.plus(later)).isPresent()).isEqualTo(isFresh);
    assertThat(cache.findStale(AGENT, READ_AT.plus(later)).isPresent()).isEqualTo(isOfUse);
  }
}
