package agentpost.onboarding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.stories.Published;
import agentpost.testing.Events;
import agentpost.testing.MovableClock;
import agentpost.webhook.Agent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PersonalizationAgentTest {
  private final Agent agent =
      new PersonalizationAgent(
          new AgentName("personalization-agent"),
          new MovableClock(Events.SIGNED_UP.plusSeconds(2)));

  private static Event signUp(String plan, String source, String location) {
    Event signUp = Events.signUp(plan);
    if (!source.isEmpty()) {
      signUp.data().put("signup_source", source);
    }
    if (!location.isEmpty()) {
      signUp.data().put("location", location);
    }
    return signUp;
  }

  private static Event ending(String plan) {
    String data = "{'user_id':'usr-5678','plan':'" + plan + "','ends_at':'2026-04-14T10:30:00Z'}";
    return Events.answer(Events.signUp(plan), "trial-monitor", "trial.ending", data, 60);
  }

  private static List<String> features(Event published) {
    return published
        .data()
        .path("features")
        .valueStream()
        .map(feature -> feature.path("feature").asText())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "free,'','',guided-tour",
    "premium_trial,marketing_campaign_xyz,US-CA,advanced-analytics campaign-templates"
        + " us-tax-reports ccpa-console guided-tour",
    "enterprise,partner_acme,DE-BY,sso partner-integrations eu-data-residency guided-tour",
    "team_trial,'',US-NY,shared-workspaces us-tax-reports guided-tour",
    "free,'',CH,guided-tour",
  })
  void featuresFollowFromPlanSourceAndLocation(
      String plan, String source, String location, String features) {
    assertEquals(
        List.of(features.split(" ", -1)),
        features(Published.one(agent, signUp(plan, source, location), "features.suggested")));
  }

  @ParameterizedTest
  @CsvSource({
    "premium_trial,advanced-analytics annual-billing data-export",
    "team_trial,shared-workspaces annual-billing data-export",
    "enterprise_trial,sso account-manager annual-billing data-export",
  })
  void whoIsAboutToLeaveIsShownWhatWouldBeMissed(String plan, String features) {
    assertEquals(
        List.of(features.split(" ", -1)),
        features(Published.one(agent, ending(plan), "features.suggested")));
  }

  @Test
  void whatIsSuggestedBeforeLeavingIsAnotherEventThanWhatWasOnArrival() {
    Event arrival = Published.one(agent, Events.signUp("premium_trial"), "features.suggested");
    assertNotEquals(
        arrival.id(), Published.one(agent, ending("premium_trial"), "features.suggested").id());
  }
}
