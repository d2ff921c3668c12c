package agentpost.leads;

import agentpost.event.Event;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.util.Optional;

/**
 * What the agents read of a {@code lead.*} event; its schema has held it already. Optional texts
 * are empty when absent.
 */
record Lead(
    String id,
    String email,
    String name,
    String company,
    String jobTitle,
    int employees,
    String source,
    String location,
    String timeZone) {
  private static final int MAX_SALUTATION_LENGTH = 60;

  static Lead of(Event event) {
    return of(event.data());
  }

  static Lead of(ObjectNode data) {
    return new Lead(
        data.path("lead_id").asText(),
        data.path("email").asText(),
        data.path("name").asText(""),
        data.path("company").asText(""),
        data.path("job_title").asText(""),
        data.path("employees").asInt(0),
        data.path("source").asText(""),
        data.path("location").asText(""),
        data.path("time_zone").asText(""));
  }

  /** The time zone the lead named, if there is one of that name. */
  Optional<String> knownTimeZone() {
    return isTimeZone(timeZone) ? Optional.of(timeZone) : Optional.empty();
  }

  static boolean isTimeZone(String name) {
    return ZoneId.getAvailableZoneIds().contains(name);
  }

  /**
   * Anyone can write anything into a form, and somebody else's address beside it: only what looks
   * like a name is written back.
   */
  String salutation() {
    boolean looksLikeAName =
        name.length() <= MAX_SALUTATION_LENGTH
            && name.chars().allMatch(c -> Character.isLetter(c) || " .'-".indexOf(c) >= 0);
    return looksLikeAName && !name.isBlank() ? "Hello " + name : "Hello";
  }
}
