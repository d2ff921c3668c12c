package agentpost.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/**
 * The project's own functions, with all that they reach, are edited all day long under one local
 * cloud.
 */
class ManyReloadsIT {
  private static final List<String> MODULES =
      List.of(
          "events-schemas",
          "functions/signing",
          "functions/catalog",
          "functions/runtime",
          "functions/gateway",
          "functions/agents");
  private static final int HELD_BY_THREADS = 2;
  private static final int RELOADS = 25;
  private static final String SIGN_UP =
      "{\"source\":[\"authentication_service\"],\"detail-type\":[\"user.signed_up\"]}";

  @TempDir private Path cdkOut;
  @TempDir private Path builds;

  private static List<Path> built() throws IOException {
    List<Path> jars = new ArrayList<>();
    for (String module : MODULES) {
      String name = module.substring(module.indexOf('/') + 1);
      try (Stream<Path> all = Files.list(Path.of("..", "..", module, "target"))) {
        all.filter(
                jar ->
                    jar.getFileName()
                        .toString()
                        .matches("agentpost-" + name + "-[0-9.]+(-SNAPSHOT)?\\.jar"))
            .forEach(jars::add);
      }
    }
    assertThat(jars).as("built modules").hasSize(MODULES.size());
    return jars;
  }

  /** The same classes, and a resource that is another in each: so it may be any function's. */
  private FunctionCode build(int number) throws IOException {
    Path edited = builds.resolve(number + ".jar");
    try (OutputStream file = Files.newOutputStream(edited);
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("edited.txt"));
      jar.write(number);
      jar.closeEntry();
    }
    return FunctionCode.ofJars(
        Stream.concat(built().stream(), Stream.of(edited)).toList(), List.of());
  }

  private static void signUp(LocalCloud cloud, int number) {
    String event =
        """
        {"event_id":"reload-%d","event_type":"user.signed_up","timestamp":"2026-03-31T10:30:00Z","data":{"user_id":"usr-%d","email":"ada@example.com","plan":"premium_trial",\
        "signup_source":"marketing_campaign_xyz","location":"US-CA"},"metadata":{"source_service":"authentication_service","correlation_id":"corr-%d"}}\
        """
            .formatted(number, number, number);
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      PutEventsRequestEntry entry =
          PutEventsRequestEntry.builder()
              .eventBusName("agentpost")
              .source("authentication_service")
              .detailType("user.signed_up")
              .detail(event)
              .build();
      assertThat(events.putEvents(put -> put.entries(entry)).failedEntryCount()).isZero();
    }
  }

  @Test
  void whatEveryBuildLoadedIsCollectedOnceTheNextHasTakenItsPlace() throws Exception {
    AgentpostTemplate template = new AgentpostTemplate();
    template
        .agent("welcome-agent", "agentpost.onboarding.WelcomeHandler", SIGN_UP)
        .put("EMAIL_FROM", "hello@example.com");
    Templates.write(cdkOut, "agentpost", template.toString());
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1))) {
      cloud.deploy(cdkOut);
      FunctionCode before = FunctionCode.ofJars(List.of(), List.of());
      for (int i = 0; i < RELOADS; i++) {
        FunctionCode next = build(i);
        assertThat(cloud.reload(before, next).functions())
            .containsExactlyInAnyOrder("agentpost-relay", "agentpost-welcome-agent");
        loaders.add(new WeakReference<>(next.loader()));
        signUp(cloud, i);
        int mails = i + 1;
        await().atMost(Duration.ofSeconds(30)).until(() -> cloud.outbox().size() >= mails);
        before = next;
      }
      List<WeakReference<ClassLoader>> replaced = loaders.subList(0, RELOADS - 1);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                System.gc();
                // A thread holds the loader that it was started under; with more builds it is not
                // more of them.
                assertThat(replaced)
                    .filteredOn(loader -> loader.get() != null)
                    .as("loaders that something still holds")
                    .hasSizeLessThanOrEqualTo(HELD_BY_THREADS);
              });
      assertThat(loaders.getLast().get()).isNotNull();
    }
  }
}
