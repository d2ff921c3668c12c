package agentpost;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.testing.PublicApi;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The types that an extension is made of: whoever has one of them can name all that it names. */
class ExtensionTypesTest {
  private static final Map<String, List<String>> TYPES =
      Map.of(
          "agentpost.ingest",
          List.of(
              "Provider",
              "HmacVerifier",
              "ReplyPolicy",
              "SignedRequest",
              "SourceSecrets",
              "SourceVerification",
              "SourceVerifier",
              "TimestampPolicy"),
          "agentpost.delivery",
          List.of("Dialect", "OutgoingEvent", "OutgoingRequest"),
          "agentpost.callback",
          List.of("WorkerHandler"));

  private static final Set<String> NAMES =
      TYPES.entrySet().stream()
          .flatMap(types -> types.getValue().stream().map(type -> types.getKey() + "." + type))
          .collect(Collectors.toSet());

  private static final JavaClasses PACKAGES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(TYPES.keySet());

  @Test
  void theyAreMadeOfWhatCanBeNamed() {
    List<JavaClass> types =
        PACKAGES.stream().filter(type -> NAMES.contains(PublicApi.outermost(type))).toList();
    assertThat(types).extracting(JavaClass::getName).containsAll(NAMES);
    assertThat(types)
        .allSatisfy(
            type -> assertThat(PublicApi.hiddenIn(type, NAMES)).as(type.getName()).isEmpty());
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
