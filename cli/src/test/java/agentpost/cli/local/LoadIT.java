package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.cli.Launcher;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The local cloud under more events than it can deliver at once: 20,000 here, 200,000 with {@code
 * mvn -Plong}.
 */
@EnabledOnOs(OS.LINUX)
@Order(5)
class LoadIT {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration STALL_TIMEOUT = Duration.ofMinutes(1);
  private static final int EVENTS = Integer.getInteger("events", 20_000);
  private static final int MAX_MEGABYTES = 450;

  /** A cloud has some 55; none is for a call. */
  private static final int MAX_THREADS = 100;

  @TempDir private Path directory;

  /** What the process takes at most, whenever it is looked at. */
  private static final class Watch {
    private final Path status;
    private final HttpRequest health;
    private final HttpClient http = HttpClient.newHttpClient();
    private int mostThreads;
    private int unhealthy;
    private int looks;

    Watch(long pid, URI endpoint) {
      status = Path.of("/proc/" + pid + "/status");
      health =
          HttpRequest.newBuilder(endpoint.resolve("/_agentpost/health"))
              .timeout(Duration.ofSeconds(30))
              .build();
    }

    private int value(String name) throws IOException {
      return Integer.parseInt(
          Files.readString(status).replaceFirst("(?s).*\n" + name + ":\\s+(\\d+).*", "$1"));
    }

    void look() throws IOException, InterruptedException {
      looks++;
      mostThreads = Math.max(mostThreads, value("Threads"));
      unhealthy +=
          http.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200 ? 0 : 1;
    }

    /** The peak since the process began. */
    int megabytes() throws IOException {
      return value("VmHWM") / 1024;
    }

    int sockets() throws IOException {
      int sockets = 0;
      try (var open = Files.list(status.resolveSibling("fd"))) {
        for (Path one : open.toList()) {
          sockets +=
              Files.isSymbolicLink(one)
                      && Files.readSymbolicLink(one).toString().startsWith("socket:")
                  ? 1
                  : 0;
        }
      }
      return sockets;
    }
  }

  private Launcher started() throws IOException {
    Launcher local = Launcher.start(directory, "local", "--port", "0");
    await()
        .atMost(START_TIMEOUT)
        .untilAsserted(() -> assertThat(local.output()).contains("ArchiveName = "));
    return local;
  }

  private static URI endpoint(Launcher local) {
    return URI.create(local.output().replaceFirst("(?s).*ready: (http://localhost:\\d+).*", "$1"));
  }

  @Test
  void everyEventComesToEachReceiverOnceAndTheCloudStaysSmallAndAnswers() throws Exception {
    try (Launcher local = started();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        BusLoad load = new BusLoad(endpoint(local), EVENTS)) {
      Watch watch = new Watch(local.pid(), endpoint(local));
      int before = watch.sockets();
      Future<?> putting = threads.submit(load::put);
      await()
          .atMost(Duration.ofHours(1))
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                watch.look();
                return load.isOver(STALL_TIMEOUT);
              });
      putting.get();
      assertThat(load.times(0)).as("deliveries that never came").isZero();
      assertThat(load.times(1)).as("deliveries that came once").isEqualTo(load.expected());
      assertThat(load.archived()).as("events in the archives").isEqualTo(EVENTS);
      assertThat(watch.megabytes()).as("megabytes at most").isLessThan(MAX_MEGABYTES);
      assertThat(watch.mostThreads).as("threads at most").isLessThan(MAX_THREADS);
      assertThat(watch.looks).as("answers about its health").isPositive();
      assertThat(watch.unhealthy).as("answers that it is not healthy").isZero();
      // Those of this test's own clients stay open for a while.
      await().atMost(Duration.ofMinutes(1)).until(() -> watch.sockets() <= before + 16);
    }
  }

  /** As many as are put stay when nobody takes them; it ends all the same, and says so. */
  @Test
  void endsInTheMiddleOfIt() throws Exception {
    try (Launcher local = started();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        BusLoad load = new BusLoad(endpoint(local), 100_000)) {
      Future<?> putting = threads.submit(load::put);
      await().atMost(Duration.ofMinutes(5)).until(() -> load.deliveries() > 2000);
      local.signal("INT");
      assertThat(local.exitCode()).isEqualTo(130);
      assertThat(local.output())
          .contains("was in flight: event ")
          .contains(" more were in flight\n")
          .endsWith("stopped\n");
      assertThat(local.output().lines().filter(line -> line.startsWith("was in flight")))
          .hasSize(20);
      putting.cancel(true);
    }
  }
}
