package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/**
 * The sample of docs/testing-agents.md passes as it is printed there, on the template of the
 * examples.
 */
@Isolated // a system property
class SampleIT {
  private static final String SAMPLE = "agentpost.sample.TrialTest";
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final String TEMPLATE = "agentpost.cdk.out";
  @TempDir private Path directory;

  @AfterEach
  void clear() {
    System.clearProperty(TEMPLATE);
  }

  @Test
  void theSamplePasses() throws Exception {
    System.setProperty(TEMPLATE, Launcher.synthesized(directory).toString());
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(SAMPLE)).build(),
            summary);
    List<Failure> failures = summary.getSummary().getFailures();
    assertThat(failures)
        .extracting(
            failure -> failure.getTestIdentifier().getDisplayName() + ": " + failure.getException())
        .isEmpty();
    assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(3);
  }

  @Test
  void theDocumentPrintsTheSampleAsItIs() throws IOException {
    String document = Files.readString(Launcher.HOME.resolve("docs/testing-agents.md"), UTF_8);
    String source =
        Files.readString(Path.of("src/test/java", SAMPLE.replace('.', '/') + ".java"), UTF_8);
    Matcher printed = JAVA.matcher(document);
    assertThat(printed.find()).as("a java block in the document").isTrue();
    assertThat(source).endsWith(printed.group(1));
  }
}
