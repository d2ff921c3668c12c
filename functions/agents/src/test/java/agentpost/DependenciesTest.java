package agentpost;

import agentpost.testing.ModuleRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The agents are above everything that runs with them. */
class DependenciesTest {
  @Test
  void itsPackagesAreItsOwnAndItKnowsOnlyTheModulesBelowIt() {
    ModuleRules.checkAbove(
        List.of("alerts", "calendar", "leads", "mail", "onboarding"), "callback");
  }
}
