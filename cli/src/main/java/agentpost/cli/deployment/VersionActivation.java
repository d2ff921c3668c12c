package agentpost.cli.deployment;

import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.EniNotReadyException;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotReadyException;
import software.amazon.awssdk.services.lambda.model.SnapStartNotReadyException;
import software.amazon.awssdk.services.lambda.model.State;

/**
 * Has Lambda make ready what nobody has called for 14 days. An invocation of an inactive version
 * fails and has its snapshot made again (developer guide, "Lambda function states"), so it is asked
 * for before an alias points there.
 */
record VersionActivation(LambdaClient client, Duration pause, Progress progress) {
  /** Ten minutes of pauses, as a call of a function waits. */
  static final int MAX_TRIES = 120;

  /** A function's version. */
  record Target(String function, String version) {
    @Override
    public String toString() {
      return function + ":" + version;
    }
  }

  /**
   * @throws CommandFailure if one of them does not become ready; nothing has changed then
   */
  void await(List<Target> targets) {
    List<Target> waiting = new ArrayList<>(targets);
    for (int tried = 1; ; tried++) {
      waiting.removeIf(this::isActive);
      if (waiting.isEmpty()) {
        progress.end();
        return;
      }
      if (tried == MAX_TRIES) {
        progress.end();
        throw new CommandFailure(
            "still not ready, so nothing was moved; run this again later: " + waiting);
      }
      progress.report(
          (double) (targets.size() - waiting.size()) / targets.size(),
          "waiting until Lambda has "
              + waiting.size()
              + " of "
              + targets.size()
              + " versions ready again");
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailure("interrupted; nothing was moved");
      }
    }
  }

  private boolean isActive(Target target) {
    GetFunctionConfigurationResponse now =
        client.getFunctionConfiguration(
            get -> get.functionName(target.function()).qualifier(target.version()));
    if (now.state() == State.FAILED) {
      progress.end();
      throw new CommandFailure(target + " cannot run, so nothing was moved: " + now.stateReason());
    }
    if (now.state() == State.INACTIVE) {
      wake(target);
    }
    return now.state() == State.ACTIVE;
  }

  private void wake(Target target) {
    try {
      client.invoke(
          invoke ->
              invoke
                  .functionName(target.function())
                  .qualifier(target.version())
                  .payload(SdkBytes.fromUtf8String("{}")));
    } catch (SnapStartNotReadyException
        | ResourceNotReadyException
        | ResourceConflictException
        | EniNotReadyException e) {
      // From now on Lambda makes it ready.
    }
  }
}
