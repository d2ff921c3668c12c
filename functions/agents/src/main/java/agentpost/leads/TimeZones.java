package agentpost.leads;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The time zone that most people at a place live in. A country with several zones needs its region;
 * without it nothing is inferred, for a demo at three in the morning is worse than a question.
 */
final class TimeZones {
  private static final Map<String, String> BY_PLACE = new HashMap<>();

  static {
    // Countries with one zone, or where nearly everyone lives in one.
    addPlaces("Europe/London", "GB");
    addPlaces("Europe/Dublin", "IE");
    addPlaces("Europe/Lisbon", "PT");
    addPlaces("Europe/Madrid", "ES");
    addPlaces("Europe/Paris", "FR");
    addPlaces("Europe/Brussels", "BE");
    addPlaces("Europe/Amsterdam", "NL");
    addPlaces("Europe/Luxembourg", "LU");
    addPlaces("Europe/Berlin", "DE");
    addPlaces("Europe/Zurich", "CH", "LI");
    addPlaces("Europe/Vienna", "AT");
    addPlaces("Europe/Rome", "IT");
    addPlaces("Europe/Malta", "MT");
    addPlaces("Europe/Copenhagen", "DK");
    addPlaces("Europe/Oslo", "NO");
    addPlaces("Europe/Stockholm", "SE");
    addPlaces("Europe/Helsinki", "FI");
    addPlaces("Europe/Tallinn", "EE");
    addPlaces("Europe/Riga", "LV");
    addPlaces("Europe/Vilnius", "LT");
    addPlaces("Europe/Warsaw", "PL");
    addPlaces("Europe/Prague", "CZ");
    addPlaces("Europe/Bratislava", "SK");
    addPlaces("Europe/Budapest", "HU");
    addPlaces("Europe/Ljubljana", "SI");
    addPlaces("Europe/Zagreb", "HR");
    addPlaces("Europe/Bucharest", "RO");
    addPlaces("Europe/Sofia", "BG");
    addPlaces("Europe/Athens", "GR");
    addPlaces("Asia/Nicosia", "CY");
    addPlaces("Asia/Kolkata", "IN");
    addPlaces("Asia/Tokyo", "JP");
    addPlaces("Asia/Seoul", "KR");
    addPlaces("Asia/Shanghai", "CN");
    addPlaces("Asia/Singapore", "SG");
    addPlaces("Africa/Johannesburg", "ZA");
    addPlaces("Pacific/Auckland", "NZ");
    // The United States; of a state with two zones, the one that more people live in.
    addPlaces(
        "America/New_York",
        "US-CT",
        "US-DC",
        "US-DE",
        "US-FL",
        "US-GA",
        "US-IN",
        "US-KY",
        "US-MA",
        "US-MD",
        "US-ME",
        "US-MI",
        "US-NC",
        "US-NH");
    addPlaces(
        "America/New_York",
        "US-NJ",
        "US-NY",
        "US-OH",
        "US-PA",
        "US-RI",
        "US-SC",
        "US-VA",
        "US-VT",
        "US-WV");
    addPlaces(
        "America/Chicago",
        "US-AL",
        "US-AR",
        "US-IA",
        "US-IL",
        "US-KS",
        "US-LA",
        "US-MN",
        "US-MO",
        "US-MS",
        "US-ND",
        "US-NE",
        "US-OK",
        "US-SD");
    addPlaces("America/Chicago", "US-TN", "US-TX", "US-WI");
    addPlaces("America/Denver", "US-CO", "US-ID", "US-MT", "US-NM", "US-UT", "US-WY");
    addPlaces("America/Phoenix", "US-AZ");
    addPlaces("America/Los_Angeles", "US-CA", "US-NV", "US-OR", "US-WA");
    addPlaces("America/Anchorage", "US-AK");
    addPlaces("Pacific/Honolulu", "US-HI");
    // Canada and Australia.
    addPlaces("America/Halifax", "CA-NB", "CA-NS", "CA-PE");
    addPlaces("America/St_Johns", "CA-NL");
    addPlaces("America/Toronto", "CA-ON", "CA-QC");
    addPlaces("America/Winnipeg", "CA-MB");
    addPlaces("America/Regina", "CA-SK");
    addPlaces("America/Edmonton", "CA-AB");
    addPlaces("America/Vancouver", "CA-BC");
    addPlaces("Australia/Sydney", "AU-ACT", "AU-NSW");
    addPlaces("Australia/Melbourne", "AU-VIC");
    addPlaces("Australia/Hobart", "AU-TAS");
    addPlaces("Australia/Brisbane", "AU-QLD");
    addPlaces("Australia/Adelaide", "AU-SA");
    addPlaces("Australia/Darwin", "AU-NT");
    addPlaces("Australia/Perth", "AU-WA");
  }

  private TimeZones() {}

  /**
   * @param location country, or country and region, such as {@code DE-BY}; empty when unknown
   */
  static Optional<String> of(String location) {
    String country = location.length() < 2 ? location : location.substring(0, 2);
    return Optional.ofNullable(BY_PLACE.get(location))
        .or(() -> Optional.ofNullable(BY_PLACE.get(country)));
  }

  /** Those that the rules can come to, sorted. */
  static List<String> allZones() {
    return BY_PLACE.values().stream().distinct().sorted().toList();
  }

  private static void addPlaces(String zone, String... places) {
    for (String place : places) {
      BY_PLACE.put(place, zone);
    }
  }
}
