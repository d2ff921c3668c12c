package agentpost.local.junit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.module.ModuleDescriptor.Version;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What else is on a test's class path, where its own build, or Spring Boot's, decides on versions.
 */
final class ClassPathCheck {
  static final String HINT =
      "A library on the class path is older than the local cloud needs; mvn dependency:tree says"
          + " which, and docs/testing-agents.md what was tried";

  /**
   * A library that has to be new enough.
   *
   * @param is of its jar's manifest; nothing if it has none
   */
  record Needed(String library, String least, Optional<String> is, String remedy) {
    Optional<String> problem() {
      return is.filter(version -> Version.parse(version).compareTo(Version.parse(least)) < 0)
          .map(
              version ->
                  "@AgentpostTest needs "
                      + library
                      + " "
                      + least
                      + " or later, and "
                      + version
                      + " is on the class path: "
                      + remedy);
    }
  }

  private ClassPathCheck() {}

  /** One sentence on the first library that is too old. */
  static Optional<String> firstProblem() {
    return List.of(
            new Needed(
                "JUnit",
                "5.10.0",
                versionOf(ExtensionContext.class),
                "import junit-bom of that version in dependencyManagement"),
            new Needed(
                "Jackson",
                "2.19.0",
                versionOf(ObjectMapper.class),
                "import com.fasterxml.jackson:jackson-bom of that version in dependencyManagement,"
                    + " before Spring Boot's own, or below its parent set the property"
                    + " jackson-bom.version"))
        .stream()
        .flatMap(needed -> needed.problem().stream())
        .findFirst();
  }

  private static Optional<String> versionOf(Class<?> library) {
    return Optional.ofNullable(library.getPackage()).map(Package::getImplementationVersion);
  }
}
