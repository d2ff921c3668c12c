package agentpost.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** Schemas know nothing of who uses them. */
class DependenciesTest {
  @Test
  void itKnowsNoOtherModule() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "agentpost.schemas",
            "java..",
            "com.fasterxml.jackson..",
            "com.google.re2j..",
            "com.networknt..",
            "org.jspecify..")
        .check(new ClassFileImporter().importPath("target/classes"));
  }
}
