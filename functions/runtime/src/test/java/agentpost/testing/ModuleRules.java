package agentpost.testing;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The packages of the modules of functions, from below; a module knows those before it. */
public enum ModuleRules {
  SCHEMAS("schemas"),
  SIGNING("signing"),
  CATALOG("address", "catalog"),
  RUNTIME(
      "coordination",
      "event",
      "http",
      "metrics",
      "operations",
      "platform",
      "publish",
      "secrets",
      "webhook"),
  GATEWAY(
      "alert",
      "callback",
      "deadletter",
      "delivery",
      "directory",
      "health",
      "ingest",
      "keys",
      "rotation",
      "verification");

  private static final Path CLASSES = Path.of("target/classes");

  /** Separated by commas. */
  private final String packages;

  ModuleRules(String... packages) {
    this.packages = String.join(",", packages);
  }

  List<String> packages() {
    return packages(packages.split(",", -1));
  }

  private static List<String> packages(String... names) {
    return Arrays.stream(names).map(name -> "agentpost." + name).toList();
  }

  /** Of the module that the tests run in: its packages are its own, and it knows those below. */
  public void check() {
    check(CLASSES);
  }

  void check(Path classes) {
    check(classes, packages(), packagesBelow(this));
  }

  /**
   * The same for a module above these.
   *
   * @param own its packages, without {@code agentpost.}
   * @param gateway those of the gateway that it may know, which are made to be used
   */
  public static void checkAbove(List<String> own, String... gateway) {
    checkAbove(CLASSES, own, gateway);
  }

  static void checkAbove(Path classes, List<String> own, String... gateway) {
    check(
        classes,
        packages(own.toArray(String[]::new)),
        Stream.concat(packagesBelow(GATEWAY).stream(), packages(gateway).stream()).toList());
  }

  private static List<String> packagesBelow(ModuleRules module) {
    return Arrays.stream(values())
        .takeWhile(one -> one != module)
        .flatMap(one -> one.packages().stream())
        .toList();
  }

  private static void check(Path classes, List<String> own, List<String> below) {
    JavaClasses module = new ClassFileImporter().importPath(classes);
    // A package is in one module.
    classes().should().resideInAnyPackage(own.toArray(String[]::new)).check(module);
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("agentpost..")
                .or(
                    resideInAnyPackage(
                        Stream.concat(own.stream(), below.stream()).toArray(String[]::new))))
        .check(module);
  }
}
