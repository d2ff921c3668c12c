package agentpost.local.lambda;

import agentpost.catalog.ResourceNames;
import agentpost.local.logs.LogsService;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/**
 * Where functions' lines go: to the invocation that asked for its tail, the function's log group
 * and whoever listens.
 */
public final class FunctionLog implements BiConsumer<String, String> {
  private final LogsService logs;
  private final List<BiConsumer<String, String>> listeners = new CopyOnWriteArrayList<>();

  public FunctionLog(LogsService logs) {
    this.logs = logs;
  }

  @Override
  public void accept(String function, String line) {
    LogTail.current().ifPresent(tail -> tail.add(line));
    logs.append(ResourceNames.functionLog(function), Instant.now(), line);
    listeners.forEach(listener -> listener.accept(function, line));
  }

  public void listen(BiConsumer<String, String> listener) {
    listeners.add(listener);
  }

  /** What fails from now on fails because the cloud closes. */
  public void silence() {
    listeners.clear();
  }
}
