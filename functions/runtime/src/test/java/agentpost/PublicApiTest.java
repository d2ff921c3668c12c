package agentpost;

import static com.tngtech.archunit.core.domain.JavaModifier.PRIVATE;
import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What docs/adopting.md calls public: its packages name only types that their users can name. */
class PublicApiTest {
  private static final Set<String> PACKAGES =
      Set.of(
          "agentpost.address",
          "agentpost.catalog",
          "agentpost.coordination",
          "agentpost.event",
          "agentpost.http",
          "agentpost.metrics",
          "agentpost.operations",
          "agentpost.platform",
          "agentpost.publish",
          "agentpost.schemas",
          "agentpost.secrets",
          "agentpost.signing",
          "agentpost.webhook");

  /** Those of whose types a signature may be, beside the JDK's and ours. */
  private static final Set<String> LIBRARIES =
      Set.of("com.amazonaws.", "com.fasterxml.jackson.", "org.crac.", "software.amazon.awssdk.");

  private final JavaClasses api =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(PACKAGES);

  @Test
  void whatCanBeCalledIsMadeOfWhatCanBeNamed() {
    assertThat(api.size()).isGreaterThan(100);
    classes().should(nameOnlyPublicTypes()).check(api);
  }

  @Test
  void everyPackageSaysWhatMayBeNull() {
    assertThat(PACKAGES)
        .allSatisfy(
            name ->
                assertThat(
                        api.getPackage(name)
                            .tryGetPackageInfo()
                            .orElseThrow()
                            .isAnnotatedWith(NullMarked.class))
                    .as(name)
                    .isTrue());
  }

  /** The list for readers is the list that is checked. */
  @Test
  void theDocumentListsThesePackages() throws IOException {
    String document = Files.readString(Path.of("../../docs/adopting.md"));
    assertThat(PACKAGES).allSatisfy(name -> assertThat(document).contains('`' + name + '`'));
  }

  private static ArchCondition<JavaClass> nameOnlyPublicTypes() {
    return new ArchCondition<>("name only public types in what can be called") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!isReachable(type)) {
          return;
        }
        Stream<JavaClass> named =
            Stream.concat(
                Stream.concat(
                    type.getCodeUnits().stream()
                        .filter(unit -> isCallable(unit.getModifiers()))
                        .flatMap(PublicApiTest::types),
                    type.getFields().stream()
                        .filter(field -> isCallable(field.getModifiers()))
                        .flatMap(field -> field.getAllInvolvedRawTypes().stream())),
                type.getInterfaces().stream()
                    .flatMap(each -> each.getAllInvolvedRawTypes().stream()));
        Set<String> hidden =
            named
                .map(JavaClass::getBaseComponentType)
                .filter(each -> !each.isPrimitive() && !canBeNamed(each))
                .map(JavaClass::getName)
                .collect(Collectors.toSet());
        if (!hidden.isEmpty()) {
          events.add(SimpleConditionEvent.violated(type, type.getName() + " names " + hidden));
        }
      }
    };
  }

  private static Stream<JavaClass> types(JavaCodeUnit unit) {
    return Stream.concat(
        unit.getAllInvolvedRawTypes().stream(), unit.getExceptionTypes().stream().map(e -> e));
  }

  private static boolean canBeNamed(JavaClass type) {
    String name = type.getName();
    if (name.startsWith("java.") || name.startsWith("javax.net.")) {
      return true;
    }
    if (name.startsWith("agentpost.")) {
      return PACKAGES.contains(type.getPackageName()) && isReachable(type);
    }
    return LIBRARIES.stream().anyMatch(name::startsWith);
  }

  /** A public type, and public types around it. */
  private static boolean isReachable(JavaClass type) {
    return isCallable(type.getModifiers())
        && type.getEnclosingClass().map(PublicApiTest::isReachable).orElse(true);
  }

  private static boolean isCallable(Set<JavaModifier> modifiers) {
    return (modifiers.contains(PUBLIC) || modifiers.contains(PROTECTED))
        && !modifiers.contains(PRIVATE)
        && !modifiers.contains(SYNTHETIC);
  }
}
