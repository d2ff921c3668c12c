package agentpost.onboarding;

import agentpost.event.Event;

/**
 * What the agents read of a {@code user.signed_up}; its schema has held it already. Optional fields
 * are empty when absent.
 */
record SignUp(String userId, String email, String plan, String source, String location) {
  static SignUp of(Event event) {
    return new SignUp(
        event.data().path("user_id").asText(),
        event.data().path("email").asText(),
        event.data().path("plan").asText(),
        event.data().path("signup_source").asText(""),
        event.data().path("location").asText(""));
  }

  /**
   * Worth a person's time: as the pattern of support-notification's rule in the catalog has it. A
   * test holds the two together.
   */
  boolean isHighValue() {
    return plan.equals("premium_trial") || plan.startsWith("enterprise");
  }
}
