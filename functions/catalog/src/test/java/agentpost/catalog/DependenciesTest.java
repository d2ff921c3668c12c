package agentpost.catalog;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/**
 * What writes the catalog's names and what reads them depend on this, so that it depends on
 * neither.
 */
class DependenciesTest {
  @Test
  void itKnowsNoOtherModule() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "agentpost.address",
            "agentpost.catalog",
            "java..",
            "com.fasterxml.jackson..",
            "org.jspecify..")
        .check(new ClassFileImporter().importPath("target/classes"));
  }
}
