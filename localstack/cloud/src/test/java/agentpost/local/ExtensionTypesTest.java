package agentpost.local;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The types that a local target or resource type is made of: they name no others of ours. */
class ExtensionTypesTest {
  private static final Map<String, List<String>> TYPES =
      Map.of(
          "agentpost.local.extension",
          List.of("LocalTarget", "LocalResourceType"),
          "agentpost.local.cloudformation",
          List.of("Provider", "UnsupportedTemplateException"));

  private static final Set<String> NAMES =
      TYPES.entrySet().stream()
          .flatMap(types -> types.getValue().stream().map(type -> types.getKey() + "." + type))
          .collect(Collectors.toSet());

  private static String outermost(JavaClass type) {
    return type.getName().replaceFirst("\\$.*", "");
  }

  @Test
  void theyAreMadeOfWhatCanBeNamed() {
    List<JavaClass> types =
        new ClassFileImporter()
            .importPath("target/classes").stream()
                .filter(type -> NAMES.contains(outermost(type)))
                .toList();
    assertThat(types).extracting(JavaClass::getName).containsAll(NAMES);
    assertThat(types.stream().flatMap(type -> type.getCodeUnits().stream()))
        .filteredOn(unit -> unit.getModifiers().contains(PUBLIC))
        .allSatisfy(
            unit ->
                assertThat(unit.getAllInvolvedRawTypes())
                    .as(unit.getFullName())
                    .allMatch(
                        named ->
                            !named.getName().startsWith("agentpost.")
                                || NAMES.contains(outermost(named))));
  }

  @Test
  void theDocumentListsThem() throws IOException {
    String document = Files.readString(Path.of("../../docs/adopting.md"));
    TYPES.forEach(
        (name, types) ->
            assertThat(document)
                .contains(
                    types.stream()
                        .map(type -> '`' + type + '`')
                        .collect(Collectors.joining(", ", '`' + name + "`: ", ""))));
  }
}
