package agentpost.cli.terminal;

import java.io.PrintWriter;
import java.util.function.Supplier;

/**
 * What is done when the process is told to end, as by Ctrl-C, before {@link #close}: something may
 * be half done by then, and whoever ended it is told what was and what goes on without them.
 */
public final class InterruptHook implements AutoCloseable {
  private final Thread hook;

  private InterruptHook(Thread hook) {
    this.hook = hook;
  }

  public static InterruptHook of(Runnable action) {
    Thread hook = new Thread(action, "interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    return new InterruptHook(hook);
  }

  /**
   * @param rest of a line that begins with "interrupted"
   */
  public static InterruptHook saying(PrintWriter out, Supplier<String> rest) {
    return of(() -> Progress.of(out).say("interrupted" + rest.get()));
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running: the process is ending.
      return;
    }
  }
}
