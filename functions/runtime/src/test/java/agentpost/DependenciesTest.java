package agentpost;

import agentpost.testing.ModuleRules;
import org.junit.jupiter.api.Test;

/** What an agent is made of knows no function of ours, and no agent. */
class DependenciesTest {
  @Test
  void itsPackagesAreItsOwnAndItKnowsOnlyTheModulesBelowIt() {
    ModuleRules.RUNTIME.check();
  }
}
