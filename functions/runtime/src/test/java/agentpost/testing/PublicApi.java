package agentpost.testing;

import static com.tngtech.archunit.core.domain.JavaModifier.PRIVATE;
import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What docs/adopting.md calls public, and which types it names. */
public final class PublicApi {
  /** Of which everything is public. */
  public static final Set<String> PACKAGES =
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

  private PublicApi() {}

  /** The types that whoever calls or extends this one meets and cannot name. */
  public static Set<String> hiddenIn(JavaClass type) {
    return hiddenIn(type, Set.of());
  }

  /**
   * @param types top-level ones that are public beside the packages
   */
  public static Set<String> hiddenIn(JavaClass type, Set<String> types) {
    if (!isReachable(type)) {
      return Set.of();
    }
    return Stream.of(
            type.getCodeUnits().stream()
                .filter(unit -> isCallable(unit.getModifiers()))
                .flatMap(PublicApi::types),
            type.getFields().stream()
                .filter(field -> isCallable(field.getModifiers()))
                .flatMap(field -> field.getAllInvolvedRawTypes().stream()),
            type.getInterfaces().stream().flatMap(each -> each.getAllInvolvedRawTypes().stream()))
        .flatMap(each -> each)
        .map(JavaClass::getBaseComponentType)
        .filter(each -> !each.isPrimitive() && !canBeNamed(each, types))
        .map(JavaClass::getName)
        .collect(Collectors.toSet());
  }

  private static Stream<JavaClass> types(JavaCodeUnit unit) {
    return Stream.concat(
        unit.getAllInvolvedRawTypes().stream(), unit.getExceptionTypes().stream().map(e -> e));
  }

  private static boolean canBeNamed(JavaClass type, Set<String> types) {
    String name = type.getName();
    if (name.startsWith("java.") || name.startsWith("javax.net.")) {
      return true;
    }
    if (name.startsWith("agentpost.")) {
      return isReachable(type)
          && (PACKAGES.contains(type.getPackageName()) || types.contains(outermost(type)));
    }
    return LIBRARIES.stream().anyMatch(name::startsWith);
  }

  /** The top-level type that this is, or is in. */
  public static String outermost(JavaClass type) {
    return type.getEnclosingClass().map(PublicApi::outermost).orElse(type.getName());
  }

  /** A public type, and public types around it. */
  private static boolean isReachable(JavaClass type) {
    return isCallable(type.getModifiers())
        && type.getEnclosingClass().map(PublicApi::isReachable).orElse(true);
  }

  private static boolean isCallable(Set<JavaModifier> modifiers) {
    return (modifiers.contains(PUBLIC) || modifiers.contains(PROTECTED))
        && !modifiers.contains(PRIVATE)
        && !modifiers.contains(SYNTHETIC);
  }
}
