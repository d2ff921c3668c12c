package agentpost.testing;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules see a dependency that goes the wrong way: classes with one are made and checked. */
class ModuleRulesTest {
  private static final String AGENT = "agentpost.leads.Agent";

  @TempDir private Path classes;

  private void makeClass(String name, String dependency) throws IOException {
    Path file = classes.resolve(name.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    ClassFile.of()
        .buildTo(
            file,
            ClassDesc.of(name),
            type -> type.withField("dependency", ClassDesc.of(dependency), 0));
  }

  private static String classOf(ModuleRules module) {
    return module.packages().getFirst() + ".Any";
  }

  static Stream<Arguments> pairs() {
    return Arrays.stream(ModuleRules.values())
        .flatMap(
            module ->
                Arrays.stream(ModuleRules.values()).map(other -> Arguments.of(module, other)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aModuleKnowsItselfAndThoseBelowIt(ModuleRules module, ModuleRules other) throws Exception {
    makeClass(classOf(module), classOf(other));
    if (other.compareTo(module) <= 0) {
      assertThatNoException().isThrownBy(() -> module.check(classes));
    } else {
      assertThatThrownBy(() -> module.check(classes))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("has type <" + classOf(other) + ">");
    }
  }

  @Test
  void noModuleKnowsAnAgent() throws Exception {
    makeClass(classOf(ModuleRules.GATEWAY), AGENT);
    assertThatThrownBy(() -> ModuleRules.GATEWAY.check(classes))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("has type <" + AGENT + ">");
  }

  @Test
  void aPackageIsInOneModule() throws Exception {
    makeClass("agentpost.elsewhere.Any", "java.lang.Object");
    assertThatThrownBy(() -> ModuleRules.RUNTIME.check(classes))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("agentpost.elsewhere.Any");
  }

  @Test
  void whatIsAboveTheGatewayKnowsOnlyItsPackagesThatAreMadeForIt() throws Exception {
    makeClass(AGENT, "agentpost.callback.Any");
    assertThatNoException()
        .isThrownBy(() -> ModuleRules.checkAbove(classes, List.of("leads"), "callback"));
    makeClass(AGENT, "agentpost.delivery.Any");
    assertThatThrownBy(() -> ModuleRules.checkAbove(classes, List.of("leads"), "callback"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("has type <agentpost.delivery.Any>");
  }
}
