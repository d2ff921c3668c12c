package agentpost.signing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** Signing needs the JDK and nothing else, so that it is useful alone. */
class DependenciesTest {
  @Test
  void itKnowsNoOtherModule() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("agentpost.signing", "java..", "javax.crypto..", "org.jspecify..")
        .check(new ClassFileImporter().importPath("target/classes"));
  }
}
