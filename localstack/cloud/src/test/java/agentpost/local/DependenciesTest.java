package agentpost.local;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The local cloud reads the template, not the classes that made it, and no agent. */
class DependenciesTest {
  private static final String[] OWN = {
    "agentpost.local..",
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
    "agentpost.alert",
    "agentpost.callback",
    "agentpost.deadletter",
    "agentpost.delivery",
    "agentpost.health",
    "agentpost.ingest",
    "agentpost.keys",
    "agentpost.rotation",
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

  /** Among packages, those of EventBridge's parts too. */
  @Test
  void itsPackagesHaveNoCycles() {
    slices().matching("agentpost.(**)").should().beFreeOfCycles().check(MODULE);
  }

  /** Users and the command begin here; what makes the cloud is in packages of its own. */
  @Test
  void theRootHasTheEntryAlone() {
    assertThat(MODULE.getPackage("agentpost.local").getClasses())
        .extracting(JavaClass::getSimpleName)
        .filteredOn(name -> !name.isEmpty() && !name.equals("package-info"))
        .containsExactlyInAnyOrder("LocalCloud", "LocalCloudOptions");
  }

  /** A package is in one module. */
  @Test
  void itsPackagesAreItsOwn() {
    classes()
        .should()
        .resideInAnyPackage(OWN)
        .andShould()
        .resideOutsideOfPackage("agentpost.local.junit..")
        .check(MODULE);
  }
}
