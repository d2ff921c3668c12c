package agentpost.infra;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The CDK app names functions and knows none. */
class DependenciesTest {
  private static final String[] OWN = {
    "agentpost.infra..",
  };
  private static final String[] BELOW = {
    "agentpost.address", "agentpost.catalog", "agentpost.schemas",
  };
  private static final JavaClasses MODULE = new ClassFileImporter().importPath("target/classes");

  @Test
  void itKnowsOnlyTheModulesBelowIt() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("agentpost..")
                .or(resideInAnyPackage(OWN))
                .or(resideInAnyPackage(BELOW)))
        .check(MODULE);
  }

  /** A package is in one module. */
  @Test
  void itsPackagesAreItsOwn() {
    classes().should().resideInAnyPackage(OWN).check(MODULE);
  }
}
