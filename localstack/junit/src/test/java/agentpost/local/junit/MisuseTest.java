package agentpost.local.junit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * What a test class with {@code @AgentpostTest} did wrong is told by name; these are no tests of
 * their own, being nested and static.
 */
class MisuseTest {
  private static final String CDK_OUT = "target/misused-clouds";

  @BeforeAll
  static void synthesize() throws IOException {
    Templates.write(
        Files.createDirectories(Path.of(CDK_OUT)),
        "agentpost",
        new AgentpostTemplate().log().toString());
  }

  @AgentpostTest(cdkOut = "target/none")
  static class NoTemplate {
    @Test
    void takes(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }
  }

  @AgentpostTest
  static class InBeforeAll {
    @BeforeAll
    static void takes(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }

    @Test
    void runs() {}
  }

  @AgentpostTest
  static class InConstructor {
    InConstructor(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }

    @Test
    void runs() {}
  }

  @AgentpostTest
  static class Asynchronous {
    @Test
    void takes(SqsAsyncClient queues) {
      assertThat(queues).as("what it cannot take").isNull();
    }
  }

  @AgentpostTest
  static class TakesAnAgent {
    @Test
    void takes(TestAgent agent) {
      assertThat(agent).as("what it cannot take").isNull();
    }
  }

  @AgentpostTest
  static class TakesTheWholeCloud {
    @Test
    void takes(agentpost.local.LocalCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }
  }

  @AgentpostTest
  static class TakesAnyClient {
    @Test
    void takes(SdkClient client) {
      assertThat(client).as("what it cannot take").isNull();
    }
  }

  @AgentpostTest
  static class TakesAPresigner {
    @Test
    void takes(S3Presigner presigner) {
      assertThat(presigner).as("what it cannot take").isNull();
    }
  }

  @AgentpostTest(cdkOut = CDK_OUT, patience = 0)
  static class NoPatience {
    @Test
    void takes(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }
  }

  @AgentpostTest(cdkOut = CDK_OUT, timeScale = 0.5)
  static class TooSlow {
    @Test
    void takes(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }
  }

  /** Whose second test still has the cloud of the first. */
  @AgentpostTest(cdkOut = CDK_OUT)
  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class AfterTheTest {
    private static @Nullable TestCloud kept;

    @Test
    void first(TestCloud cloud) {
      kept = cloud;
    }

    @Test
    void second() {
      requireNonNull(kept).advance(Duration.ofHours(1));
    }
  }

  @ExtendWith(LocalCloudExtension.class)
  static class NotAnnotated {
    @Test
    void takes(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }
  }

  @AgentpostTest(cdkOut = CDK_OUT)
  static class Around {
    @Nested
    class Within {
      @Test
      void takes(TestCloud cloud, SqsClient queues) {
        assertThat(queues.listQueues().queueUrls()).isEmpty();
        assertThat(cloud.happenings()).isEmpty();
      }
    }
  }

  @Test
  void aNestedClassHasWhatIsAroundIt() {
    assertThat(run(Around.class).getTestsSucceededCount()).isOne();
  }

  @Test
  void whatIsTooOldIsOneSentence() {
    assertThat(
            new ClassPathCheck.Needed("JUnit", "5.10.0", Optional.of("5.9.3"), "import a later one")
                .problem())
        .contains(
            "@AgentpostTest needs JUnit 5.10.0 or later, and 5.9.3 is on the class path: import a"
                + " later one");
    assertThat(
            Stream.of("5.10.0", "5.10.5", "5.14.1", "6.0.1", "6.1.0-M1")
                .map(
                    version ->
                        new ClassPathCheck.Needed("JUnit", "5.10.0", Optional.of(version), "")
                            .problem()))
        .containsOnly(Optional.empty());
    assertThat(new ClassPathCheck.Needed("JUnit", "5.10.0", Optional.empty(), "").problem())
        .isEmpty();
    assertThat(ClassPathCheck.firstProblem()).isEmpty();
  }

  private static TestExecutionSummary run(Class<?> test) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(test)).build();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, summary);
    return summary.getSummary();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NoTemplate | there is no manifest.json in",
        "NoTemplate | ./agentpost synth writes one",
        "InBeforeAll | take it in @BeforeEach or in the test",
        "InConstructor | take it in @BeforeEach or in the test",
        "Asynchronous | SqsAsyncClient is asynchronous and has a transport of its own",
        "Asynchronous | take SqsClient, or build it in the test with"
            + " endpointOverride(cloud.endpoint())",
        "TakesAnAgent | take a TestCloud, and call agent(name) on it",
        "TakesTheWholeCloud | A test takes no agentpost.local.LocalCloud; take an"
            + " agentpost.local.junit.TestCloud",
        "TakesAnyClient | software.amazon.awssdk.core.SdkClient is not a client that can be built",
        "TakesAPresigner | S3Presigner is not a service client",
        "NoPatience | patience must be 1 s or more; got 0",
        "TooSlow | The time scale must be from 1 to 1000000; got 0.5",
        "AfterTheTest | This cloud ended with its test",
        "NotAnnotated | Annotate the class with @AgentpostTest"
      })
  void isToldByName(String misuse, String told) throws ClassNotFoundException {
    assertThat(run(Class.forName(MisuseTest.class.getName() + "$" + misuse)).getFailures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.getException()).hasMessageContaining(told));
  }
}
