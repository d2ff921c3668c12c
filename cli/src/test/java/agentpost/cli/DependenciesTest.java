package agentpost.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The command knows no agent and no class of the CDK app. */
class DependenciesTest {
  private static final String[] OWN = {
    "agentpost.cli..",
  };
  private static final String[] BELOW = {
    "agentpost.local..", "agentpost.signing", "agentpost.address", "agentpost.catalog",
        "agentpost.schemas",
    "agentpost.coordination", "agentpost.event", "agentpost.http", "agentpost.metrics",
        "agentpost.operations",
    "agentpost.platform", "agentpost.publish", "agentpost.secrets", "agentpost.webhook",
        "agentpost.alert",
    "agentpost.callback", "agentpost.deadletter", "agentpost.delivery", "agentpost.health",
        "agentpost.ingest",
    "agentpost.keys", "agentpost.rotation", "agentpost.verification",
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

  @Test
  void itsPackagesHaveNoCycles() {
    slices().matching("agentpost.(**)").should().beFreeOfCycles().check(MODULE);
  }

  /** Every noun has a package; the root only starts the command. */
  @Test
  void theRootIsTheEntryPoint() {
    classes()
        .that()
        .resideInAPackage("agentpost.cli")
        .and()
        .areTopLevelClasses()
        .should()
        .haveNameMatching("agentpost\\.cli\\.(Agentpost|ArchiveTraining|package-info)")
        .check(MODULE);
  }
}
