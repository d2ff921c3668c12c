package agentpost;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.testing.PublicApi;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What docs/adopting.md calls public: its packages name only types that their users can name. */
class PublicApiTest {
  private static final JavaClasses API =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(PublicApi.PACKAGES);

  @Test
  void whatCanBeCalledIsMadeOfWhatCanBeNamed() {
    assertThat(API.size()).isGreaterThan(100);
    assertThat(API)
        .allSatisfy(type -> assertThat(PublicApi.hiddenIn(type)).as(type.getName()).isEmpty());
  }

  @Test
  void everyPackageSaysWhatMayBeNull() {
    assertThat(PublicApi.PACKAGES)
        .allSatisfy(
            name ->
                assertThat(
                        API.getPackage(name)
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
    assertThat(PublicApi.PACKAGES)
        .allSatisfy(name -> assertThat(document).contains('`' + name + '`'));
  }
}
