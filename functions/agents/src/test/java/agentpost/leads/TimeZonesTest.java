package agentpost.leads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeZonesTest {
  @ParameterizedTest
  @CsvSource({
    "DE-BY,Europe/Berlin",
    "DE,Europe/Berlin",
    "US-CA,America/Los_Angeles",
    "AU-QLD,Australia/Brisbane",
    "US,''",
    "CA,''",
    "'',''",
    "XX-YY,''",
    "B,''"
  })
  void timeZonesFollowFromPlaces(String location, String zone) {
    assertEquals(zone, TimeZones.of(location).orElse(""));
  }

  @Test
  void everyTimeZoneOfTheRulesExists() {
    List<String> zones = TimeZones.allZones();
    assertTrue(zones.size() > 50);
    assertEquals(
        List.of(),
        zones.stream().filter(zone -> !ZoneId.getAvailableZoneIds().contains(zone)).toList());
    assertFalse(zones.contains("UTC"));
  }
}
