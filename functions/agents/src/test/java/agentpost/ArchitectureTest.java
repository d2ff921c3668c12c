package agentpost;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import agentpost.platform.Network;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.net.InetAddress;
import java.time.Duration;

/**
 * The design's rules on what may depend on what, over all modules that functions.zip is made of.
 */
@AnalyzeClasses(
    packages = "agentpost",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WithoutTestJars.class})
class ArchitectureTest {
  /** What the tests of other modules help with comes in jars. */
  static final class WithoutTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching("agentpost.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule EVENTS_AND_HTTP_KNOW_NO_AWS_CLIENT =
      noClasses()
          .that()
          .resideInAnyPackage("agentpost.event", "agentpost.http", "agentpost.schemas")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon..");

  @ArchTest
  static final ArchRule SCHEMAS_DEPEND_ON_NOTHING_OF_OURS =
      noClasses()
          .that()
          .resideInAPackage("agentpost.schemas")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAnyPackage("agentpost..")
                  .and(JavaClass.Predicates.resideOutsideOfPackage("agentpost.schemas")));

  /** What one reader takes and another refuses, or changes, is no public API. */
  @ArchTest
  static final ArchRule EVENTS_AND_REQUESTS_HAVE_ONE_READER =
      noClasses()
          .that()
          .resideInAnyPackage(
              "agentpost.event",
              "agentpost.webhook",
              "agentpost.ingest",
              "agentpost.callback",
              "agentpost.coordination",
              "agentpost.publish",
              "agentpost.operations",
              "agentpost.alerts",
              "agentpost.calendar",
              "agentpost.leads",
              "agentpost.mail",
              "agentpost.onboarding")
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(
                      HasOwner.Predicates.With.owner(
                          JavaClass.Predicates.assignableTo(ObjectMapper.class)))
                  .and(JavaCall.Predicates.target(HasName.Predicates.nameMatching("read.*"))));

  @ArchTest
  static final ArchRule API_GATEWAYS_TYPES_END_IN_HTTP =
      noClasses()
          .that()
          .resideOutsideOfPackage("agentpost.http")
          .and()
          .haveSimpleNameNotEndingWith("Handler")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.amazonaws.services.lambda..");

  @ArchTest
  static final ArchRule AGENTS_ARE_PLAIN =
      classes()
          .that()
          .implement("agentpost.webhook.Agent")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "agentpost.alerts",
              "agentpost.leads",
              "agentpost.mail",
              "agentpost.onboarding",
              "agentpost.catalog",
              "agentpost.coordination",
              "agentpost.event",
              "agentpost.metrics",
              "agentpost.webhook",
              "com.fasterxml.jackson..",
              "java..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule HANDLERS_HAVE_TWO_PUBLIC_CONSTRUCTORS =
      classes()
          .that()
          .implement(RequestHandler.class)
          .and()
          .doNotHaveModifier(JavaModifier.ABSTRACT)
          .should(
              new ArchCondition<>(
                  "have a public constructor without arguments and one that takes a Platform") {
                @Override
                public void check(JavaClass handler, ConditionEvents events) {
                  boolean both = isPublic(handler) && isPublic(handler, Platform.class);
                  events.add(new SimpleConditionEvent(handler, both, handler.getName()));
                }
              });

  private static boolean isPublic(JavaClass handler, Class<?>... parameters) {
    return handler
        .tryGetConstructor(parameters)
        .map(JavaConstructor::getModifiers)
        .map(modifiers -> modifiers.contains(JavaModifier.PUBLIC))
        .orElse(false);
  }

  @ArchTest
  static final ArchRule NO_UTIL =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .resideInAPackage("..util..");

  @ArchTest
  static final ArchRule TIME_IS_INJECTED =
      noClasses()
          .that()
          .resideOutsideOfPackage("agentpost.platform")
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  /** A switch that opens the address guard would have to be read from somewhere. */
  @ArchTest
  static final ArchRule SETTINGS_COME_FROM_THE_PLATFORM =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("agentpost.platform.Platform")
          .should()
          .callMethodWhere(
              JavaCall.Predicates.target(
                      HasOwner.Predicates.With.owner(
                          JavaClass.Predicates.equivalentTo(System.class)))
                  .and(
                      JavaCall.Predicates.target(
                          HasName.Predicates.nameMatching("getenv|getProperty|getProperties"))))
          .orShould()
          .callMethod(Boolean.class, "getBoolean", String.class)
          .orShould()
          .callMethod(Integer.class, "getInteger", String.class);

  /** Whoever connects has an address that was checked, and the name is not looked up again. */
  @ArchTest
  static final ArchRule CONNECTIONS_ARE_GUARDED =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("agentpost.delivery.HappyEyeballs")
          .should()
          .callMethod(
              Network.class, "connect", String.class, InetAddress.class, int.class, Duration.class);

  @ArchTest
  static final ArchRule ADDRESSES_COME_FROM_THE_GUARD =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("agentpost.delivery.GuardedPost")
          .and()
          .doNotHaveFullyQualifiedName("agentpost.delivery.HappyEyeballs")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("agentpost.delivery.HappyEyeballs");

  @ArchTest
  static final ArchRule NAMES_ARE_LOOKED_UP_BY_THE_GUARD =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("agentpost.delivery.AddressGuard")
          .should()
          .callMethod(Network.class, "resolve", String.class);

  @ArchTest
  static final ArchRule NO_STATICS_THAT_HOLD_STATE =
      classes()
          .should(
              new ArchCondition<>("have no static field that is not final") {
                @Override
                public void check(JavaClass owner, ConditionEvents events) {
                  for (JavaField field : owner.getFields()) {
                    if (field.getModifiers().contains(JavaModifier.STATIC)
                        && !field.getModifiers().contains(JavaModifier.FINAL)) {
                      events.add(SimpleConditionEvent.violated(field, field.getFullName()));
                    }
                  }
                }
              })
          .allowEmptyShould(true);
}
