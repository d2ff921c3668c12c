package agentpost.onboarding;

import java.util.Set;

/** The member states, as ISO 3166-1 alpha-2. */
final class EuropeanUnion {
  private static final Set<String> MEMBERS =
      Set.of(
          "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
          "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK");

  private EuropeanUnion() {}

  /**
   * @param location country, or country and region, such as {@code DE-BY}; empty when unknown
   */
  static boolean has(String location) {
    return location.length() >= 2 && MEMBERS.contains(location.substring(0, 2));
  }
}
