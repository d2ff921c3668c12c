package agentpost.local.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Other people's clients, run as they are, with credentials and the region of a local cloud. */
public final class Programs {
  /**
   * @param out what it wrote, errors among it
   */
  public record Ended(int exit, String out) {}

  private Programs() {}

  /** One that goes on until it is closed, and whose own processes end with it. */
  public record Running(Process process) implements AutoCloseable {
    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  private static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_ACCESS_KEY_ID",
                "test",
                "AWS_SECRET_ACCESS_KEY",
                "test",
                "AWS_DEFAULT_REGION",
                "us-east-1",
                "AWS_PAGER",
                "",
                "AWS_MAX_ATTEMPTS",
                "1"));
    builder
        .environment()
        .keySet()
        .removeAll(List.of("AWS_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"));
    return builder;
  }

  /** What it writes is let go. */
  public static Running start(List<String> command) throws IOException {
    return new Running(builder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
  }

  public static Ended run(List<String> command) throws IOException, InterruptedException {
    Process process = builder(command).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command + ": " + out).isTrue();
    return new Ended(process.exitValue(), out);
  }

  public static boolean isInstalled(String... command) throws InterruptedException {
    try {
      return run(List.of(command)).exit() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
