package agentpost.leads;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The time zone that most people at a place live in. A country with several zones needs its region; without it nothing is inferred, for a
 * demo at three in the morning is worse than a question.
 */
final class TimeZones {
  private static final Map<String, String> BY_PLACE = new HashMap<>();

  static {
    // Countries with one zone, or where nearly everyone lives in one.
    in("Europe/London", "GB");
    in("Europe/Dublin", "IE");
    in("Europe/Lisbon", "PT");
    in("Europe/Madrid", "ES");
    in("Europe/Paris", "FR");
    in("Europe/Brussels", "BE");
    in("Europe/Amsterdam", "NL");
    in("Europe/Luxembourg", "LU");
    in("Europe/Berlin", "DE");
    in("Europe/Zurich", "CH", "LI");
    in("Europe/Vienna", "AT");
    in("Europe/Rome", "IT");
    in("Europe/Malta", "MT");
    in("Europe/Copenhagen", "DK");
    in("Europe/Oslo", "NO");
    in("Europe/Stockholm", "SE");
    in("Europe/Helsinki", "FI");
    in("Europe/Tallinn", "EE");
    in("Europe/Riga", "LV");
    in("Europe/Vilnius", "LT");
    in("Europe/Warsaw", "PL");
    in("Europe/Prague", "CZ");
    in("Europe/Bratislava", "SK");
    in("Europe/Budapest", "HU");
    in("Europe/Ljubljana", "SI");
    in("Europe/Zagreb", "HR");
    in("Europe/Bucharest", "RO");
    in("Europe/Sofia", "BG");
    in("Europe/Athens", "GR");
    in("Asia/Nicosia", "CY");
    in("Asia/Kolkata", "IN");
    in("Asia/Tokyo", "JP");
    in("Asia/Seoul", "KR");
    in("Asia/Shanghai", "CN");
    in("Asia/Singapore", "SG");
    in("Africa/Johannesburg", "ZA");
    in("Pacific/Auckland", "NZ");
    // The United States; of a state with two zones, the one that more people live in.
    in("America/New_York", "US-CT", "US-DC", "US-DE", "US-FL", "US-GA", "US-IN", "US-KY", "US-MA", "US-MD", "US-ME", "US-MI", "US-NC", "US-NH");
    in("America/New_York", "US-NJ", "US-NY", "US-OH", "US-PA", "US-RI", "US-SC", "US-VA", "US-VT", "US-WV");
    in("America/Chicago", "US-AL", "US-AR", "US-IA", "US-IL", "US-KS", "US-LA", "US-MN", "US-MO", "US-MS", "US-ND", "US-NE", "US-OK", "US-SD");
    in("America/Chicago", "US-TN", "US-TX", "US-WI");
    in("America/Denver", "US-CO", "US-ID", "US-MT", "US-NM", "US-UT", "US-WY");
    in("America/Phoenix", "US-AZ");
    in("America/Los_Angeles", "US-CA", "US-NV", "US-OR", "US-WA");
    in("America/Anchorage", "US-AK");
    in("Pacific/Honolulu", "US-HI");
    // Canada and Australia.
    in("America/Halifax", "CA-NB", "CA-NS", "CA-PE");
    in("America/St_Johns", "CA-NL");
    in("America/Toronto", "CA-ON", "CA-QC");
    in("America/Winnipeg", "CA-MB");
    in("America/Regina", "CA-SK");
    in("America/Edmonton", "CA-AB");
    in("America/Vancouver", "CA-BC");
    in("Australia/Sydney", "AU-ACT", "AU-NSW");
    in("Australia/Melbourne", "AU-VIC");
    in("Australia/Hobart", "AU-TAS");
    in("Australia/Brisbane", "AU-QLD");
    in("Australia/Adelaide", "AU-SA");
    in("Australia/Darwin", "AU-NT");
    in("Australia/Perth", "AU-WA");
  }

  private TimeZones() {}

  /** @param location country, or country and region, such as {@code DE-BY}; empty when unknown */
  static Optional<String> of(String location) {
    String country = location.length() < 2 ? location : location.substring(0, 2);
    return Optional.ofNullable(BY_PLACE.get(location)).or(() -> Optional.ofNullable(BY_PLACE.get(country)));
  }

  /** Those that the rules can come to, sorted. */
  static List<String> all() {
    return BY_PLACE.values().stream().distinct().sorted().toList();
  }

  private static void in(String zone, String... places) {
    for (String place : places) {
      BY_PLACE.put(place, zone);
    }
  }
}
