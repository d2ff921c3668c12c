package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;

/** The end of what one invocation logs, for clients that ask for it ({@code LogType Tail}). */
public final class LogTail {
  /**
   * Of the answer, in bytes (Lambda API reference, "Invoke": "the last 4 KB of the execution log").
   */
  private static final int MAX_BYTES = 4096;

  private static final ScopedValue<LogTail> LISTENING = ScopedValue.newInstance();

  private final Deque<String> lines = new ArrayDeque<>();
  private int length;

  /** Of the invocation that this thread makes, if its tail is asked for. */
  public static Optional<LogTail> current() {
    return LISTENING.isBound() ? Optional.of(LISTENING.get()) : Optional.empty();
  }

  /**
   * Between the lines that Lambda writes around every invocation, whether or not it logs ("Using
   * Lambda function logs with Java",
   * https://docs.aws.amazon.com/lambda/latest/dg/java-logging.html). Without Max Memory Used:
   * functions share a JVM here.
   */
  <T> T of(String version, int memory, Callable<T> invocation) throws Exception {
    String request = "RequestId: " + UUID.randomUUID();
    add("START " + request + " Version: " + version);
    long begun = System.nanoTime();
    try {
      return ScopedValue.where(LISTENING, this).call(invocation::call);
    } finally {
      double millis = (System.nanoTime() - begun) / 1_000_000.0;
      add("END " + request);
      add(
          String.format(
              Locale.ROOT,
              "REPORT %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\tMemory Size: %d MB",
              request,
              millis,
              Math.ceil(millis),
              memory));
    }
  }

  public synchronized void add(String line) {
    lines.addLast(line);
    length += line.length() + 1;
    while (lines.size() > 1 && length - lines.getFirst().length() - 1 > MAX_BYTES) {
      length -= lines.removeFirst().length() + 1;
    }
  }

  synchronized byte[] bytes() {
    byte[] all = lines.isEmpty() ? new byte[0] : (String.join("\n", lines) + "\n").getBytes(UTF_8);
    return all.length <= MAX_BYTES
        ? all
        : Arrays.copyOfRange(all, all.length - MAX_BYTES, all.length);
  }
}
