package agentpost;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The agents are above everything that runs with them. */
class DependenciesTest {
  private static final String[] OWN = {
    "agentpost.alerts",
    "agentpost.calendar",
    "agentpost.leads",
    "agentpost.mail",
    "agentpost.onboarding",
  };
  private static final String[] BELOW = {
    "agentpost.signing",
    "agentpost.address",
    "agentpost.catalog",
    "agentpost.schemas",
    "agentpost.coordination",
    "agentpost.event",
    "agentpost.http",
    "agentpost.metrics",
    "agentpost.operations",
    "agentpost.platform",
    "agentpost.publish",
    "agentpost.secrets",
    "agentpost.webhook",
    "agentpost.callback",
  };
  private final JavaClasses module = new ClassFileImporter().importPath("target/classes");

  @Test
  void itKnowsOnlyTheModulesBelowIt() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("agentpost..")
                .or(resideInAnyPackage(OWN))
                .or(resideInAnyPackage(BELOW)))
        .check(module);
  }

  /** A package is in one module. */
  @Test
  void itsPackagesAreItsOwn() {
    classes().should().resideInAnyPackage(OWN).check(module);
  }
}
