package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
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

  <T> T of(Callable<T> invocation) throws Exception {
    return ScopedValue.where(LISTENING, this).call(invocation::call);
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
