package agentpost.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./agentpost local} as a process of its own. */
final class LocalCloudProcess implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile("ready: (http://localhost:[0-9]+).*ArchiveName = ", Pattern.DOTALL);
  private static final long START_SECONDS = 300;

  private final Process process;
  private final double secondsToStart;
  private final URI endpoint;

  private LocalCloudProcess(Process process, double secondsToStart, URI endpoint) {
    this.process = process;
    this.secondsToStart = secondsToStart;
    this.endpoint = endpoint;
  }

  static LocalCloudProcess start(Path home, Path catalog, Path work)
      throws IOException, InterruptedException {
    Path output = work.resolve("local.out");
    ProcessBuilder command =
        new ProcessBuilder(home.resolve("agentpost").toString(), "local", "--port", "0");
    command.environment().put("AGENTPOST_CATALOG", catalog.toString());
    command.environment().put("AGENTPOST_NO_BUILD", "1");
    long began = System.nanoTime();
    Process process = command.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(START_SECONDS)) {
      Matcher ready = READY.matcher(Files.readString(output));
      if (ready.find()) {
        double seconds = (System.nanoTime() - began) / 1e9;
        return new LocalCloudProcess(process, seconds, URI.create(ready.group(1)));
      }
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    process.destroy();
    throw new IllegalStateException("it did not start: " + Files.readString(output));
  }

  double secondsToStart() {
    return secondsToStart;
  }

  URI endpoint() {
    return endpoint;
  }

  /** The most that it took since it began. Linux only. */
  int megabytes() throws IOException {
    String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
    return Integer.parseInt(status.replaceFirst("(?s).*\nVmHWM:\\s+(\\d+).*", "$1")) / 1024;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
