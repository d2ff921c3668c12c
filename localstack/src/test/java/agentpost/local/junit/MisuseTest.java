package agentpost.local.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/** What a test class with {@code @LocalCloud} did wrong is told by name; these are no tests of their own, being nested and static. */
class MisuseTest {
  @LocalCloud(cdkOut = "target/none")
  static class NoTemplate {
    @Test
    void takes(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }
  }

  @LocalCloud
  static class InBeforeAll {
    @BeforeAll
    static void takes(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }

    @Test
    void runs() {}
  }

  @LocalCloud
  static class InConstructor {
    InConstructor(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }

    @Test
    void runs() {}
  }

  @LocalCloud
  static class Asynchronous {
    @Test
    void takes(SqsAsyncClient queues) {
      assertThat(queues).as("what it cannot take").isNull();
    }
  }

  @ExtendWith(LocalCloudExtension.class)
  static class NotAnnotated {
    @Test
    void takes(TestCloud cloud) {
      assertThat(cloud).as("what it cannot take").isNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NoTemplate | there is no manifest.json in",
        "NoTemplate | ./agentpost synth writes one",
        "InBeforeAll | take it in @BeforeEach or in the test",
        "InConstructor | take it in @BeforeEach or in the test",
        "Asynchronous | No ParameterResolver registered for parameter [software.amazon.awssdk.services.sqs.SqsAsyncClient",
        "NotAnnotated | Annotate the class with @LocalCloud"
      })
  void isToldByName(String misuse, String told) throws ClassNotFoundException {
    LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Class.forName(MisuseTest.class.getName() + "$" + misuse))).build();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, summary);
    assertThat(summary.getSummary().getFailures()).singleElement().satisfies(failure -> assertThat(failure.getException()).hasMessageContaining(told));
  }
}
