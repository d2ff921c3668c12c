package agentpost.local.scenarios;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.email.Outbox;
import agentpost.platform.AwsClients;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** This repository's own, in this JVM, a minute a second. */
final class EmbeddedCloud implements Cloud {
  private static final int TIME_SCALE = 60;

  private final LocalCloud cloud;
  private final Path directory;
  private final String stage;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private @Nullable App app;
  private boolean tried;

  private EmbeddedCloud(LocalCloud cloud, Path directory, String stage) {
    this.cloud = cloud;
    this.directory = directory;
    this.stage = stage;
    cloud.listenToLogs((function, line) -> log.add(function + " " + line));
  }

  static EmbeddedCloud start(Path directory, String stage) throws Exception {
    return new EmbeddedCloud(
        LocalCloud.start(new LocalCloudOptions(0, TIME_SCALE, 1)), directory, stage);
  }

  @Override
  public Set<Gap> gaps() {
    return EnumSet.of(Gap.NO_STEP_FUNCTIONS);
  }

  @Override
  public AwsClients aws() {
    return cloud.clients("scenario");
  }

  @Override
  public AwsClients bare() {
    return aws();
  }

  @Override
  public boolean invokesFunctions() {
    return true;
  }

  @Override
  public Instant now() {
    return cloud.now();
  }

  @Override
  public String url(int port, String path) {
    return "http://127.0.0.1:" + port + path;
  }

  @Override
  public synchronized App app() {
    if (app == null) {
      // A second try would only find what the first has made.
      assumeTrue(!tried, "The template could not be deployed, which another scenario reports");
      tried = true;
      String prefix = "agentpost-" + stage;
      app =
          new App(
              prefix,
              deploy(CdkApp.synthesized(directory, stage, false))
                  .getOrDefault(prefix, Map.of())
                  .getOrDefault("ApiUrl", ""));
    }
    return app;
  }

  @Override
  public Map<String, Map<String, String>> deploy(Path cdkOut) {
    cloud.deploy(cdkOut);
    return cloud.outputs();
  }

  @Override
  public List<Outbox.Mail> outbox() {
    return cloud.outbox();
  }

  @Override
  public List<String> log() {
    return log;
  }

  @Override
  public void ahead(Duration by) {
    throw new UnsupportedOperationException("The embedded cloud's time passes by itself");
  }

  @Override
  public void close() {
    cloud.close();
  }
}
