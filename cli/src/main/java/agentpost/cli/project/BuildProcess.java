package agentpost.cli.project;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A compiler or a synthesis that ran to its end.
 *
 * @param said standard output and error
 */
public record BuildProcess(int exitCode, String said) {
  /** For one that is stopped, to tidy up. */
  public static final Duration TERMINATION_TIMEOUT = Duration.ofSeconds(5);

  /**
   * @throws InterruptedException if this thread was to end; what was started has ended then
   */
  public static BuildProcess run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    FutureTask<String> output =
        new FutureTask<>(() -> new String(process.getInputStream().readAllBytes(), UTF_8).strip());
    try {
      // Reading cannot be interrupted, waiting can.
      Thread.ofVirtual().start(output);
      process.waitFor();
      return new BuildProcess(process.exitValue(), output.get());
    } catch (ExecutionException e) {
      throw new IOException("what " + builder.command().getFirst() + " said cannot be read", e);
    } finally {
      end(process);
    }
  }

  public boolean isSuccessful() {
    return exitCode == 0;
  }

  /**
   * From its leaves up: the launcher is a shell, which would leave what it started, and tidies up
   * when that has ended.
   */
  private static void end(Process process) throws InterruptedException {
    process
        .descendants()
        .filter(one -> one.children().findAny().isEmpty())
        .forEach(ProcessHandle::destroy);
    if (!process.waitFor(TERMINATION_TIMEOUT)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
