package agentpost;

import agentpost.testing.ModuleRules;
import org.junit.jupiter.api.Test;

/** The functions that nobody edits know no agent. */
class DependenciesTest {
  @Test
  void itsPackagesAreItsOwnAndItKnowsOnlyTheModulesBelowIt() {
    ModuleRules.GATEWAY.check();
  }
}
