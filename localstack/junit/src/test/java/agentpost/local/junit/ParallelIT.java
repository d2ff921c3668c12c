package agentpost.local.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Ten test classes at once, each with a cloud under way while the others have theirs, do not
 * disturb each other.
 */
class ParallelIT {
  private static final int CLASSES = 10;
  private static final String CDK_OUT = "target/parallel-local-clouds";
  private static final CyclicBarrier ALL_STARTED = new CyclicBarrier(CLASSES);
  private static final Set<URI> ENDPOINTS = ConcurrentHashMap.newKeySet();

  @AgentpostTest(cdkOut = CDK_OUT, patience = 60)
  abstract static class Crowd {
    @Test
    void seesItsOwnOnly(TestCloud cloud)
        throws InterruptedException, BrokenBarrierException, TimeoutException {
      ENDPOINTS.add(cloud.endpoint());
      ALL_STARTED.await(60, TimeUnit.SECONDS);
      TestAgent same = cloud.agent("same-name").hears("trial.ending");
      same.answers(503).times(1);
      String id =
          cloud.put(
              "trial.ending",
              "{\"user_id\":\""
                  + getClass().getSimpleName()
                  + "\",\"plan\":\"premium_trial\",\"ends_at\":\"2026-04-14T10:30:00Z\"}");
      assertThat(same.awaitEvent(id).text()).contains(getClass().getSimpleName());
      assertThat(same.received()).hasSize(2);
      assertThat(cloud.happenings()).extracting(DeliveryEvent::eventId).containsOnly(id);
      assertThat(cloud.now()).isBefore(Instant.now().plus(Duration.ofDays(2)));
      ALL_STARTED.await(60, TimeUnit.SECONDS);
      cloud.advance(Duration.ofDays(300));
    }
  }

  static class One extends Crowd {}

  static class Two extends Crowd {}

  static class Three extends Crowd {}

  static class Four extends Crowd {}

  static class Five extends Crowd {}

  static class Six extends Crowd {}

  static class Seven extends Crowd {}

  static class Eight extends Crowd {}

  static class Nine extends Crowd {}

  static class Ten extends Crowd {}

  @BeforeAll
  static void synthesize() throws IOException {
    Templates.write(
        Files.createDirectories(Path.of(CDK_OUT)),
        "agentpost",
        new AgentpostTemplate().log().toString());
  }

  @Test
  void tenClassesAtOnce() {
    List<Class<? extends Crowd>> classes =
        List.of(
            One.class,
            Two.class,
            Three.class,
            Four.class,
            Five.class,
            Six.class,
            Seven.class,
            Eight.class,
            Nine.class,
            Ten.class);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(classes.stream().map(one -> selectClass(one)).toList())
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
            .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
            .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
            .configurationParameter(
                "junit.jupiter.execution.parallel.config.fixed.parallelism",
                Integer.toString(CLASSES))
            .configurationParameter(
                "junit.jupiter.execution.parallel.config.fixed.max-pool-size",
                Integer.toString(CLASSES))
            .build();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, summary);
    assertThat(
            Stream.of(summary.getSummary())
                .flatMap(all -> all.getFailures().stream())
                .map(
                    failure ->
                        failure.getTestIdentifier().getLegacyReportingName()
                            + ": "
                            + failure.getException()))
        .isEmpty();
    assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(CLASSES);
    assertThat(ENDPOINTS).hasSize(CLASSES);
    assertThat(ENDPOINTS)
        .as("open after their tests")
        .allSatisfy(
            endpoint ->
                assertThatThrownBy(() -> new Socket(endpoint.getHost(), endpoint.getPort()).close())
                    .isInstanceOf(ConnectException.class));
  }
}
