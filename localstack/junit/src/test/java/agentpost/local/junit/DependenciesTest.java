package agentpost.local.junit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The extension knows the local cloud, names and secrets, and no Lambda of ours. */
class DependenciesTest {
  private static final JavaClasses MODULE = new ClassFileImporter().importPath("target/classes");

  @Test
  void itKnowsOnlyTheModulesBelowIt() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("agentpost..")
                .or(
                    resideInAnyPackage(
                        "agentpost.local..",
                        "agentpost.signing",
                        "agentpost.catalog",
                        "agentpost.schemas",
                        "agentpost.event",
                        "agentpost.secrets",
                        "agentpost.platform")))
        .check(MODULE);
  }

  /** A package is in one module. */
  @Test
  void itsPackagesAreItsOwn() {
    classes().should().resideInAPackage("agentpost.local.junit").check(MODULE);
  }
}
