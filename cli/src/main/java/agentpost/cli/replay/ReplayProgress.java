package agentpost.cli.replay;

import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.InterruptHook;
import agentpost.cli.terminal.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.DescribeReplayResponse;
import software.amazon.awssdk.services.eventbridge.model.IllegalStatusException;
import software.amazon.awssdk.services.eventbridge.model.ReplayState;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;

/**
 * One replay that is under way, from here.
 *
 * @param letters the command that shows what could not be delivered
 */
record ReplayProgress(
    EventBridgeClient client,
    String name,
    ReplayTime.Span span,
    Duration pause,
    String letters,
    Progress progress) {
  /** Until it is over: how it ended. */
  DescribeReplayResponse untilOver() {
    while (true) {
      DescribeReplayResponse replay = client.describeReplay(describe -> describe.replayName(name));
      switch (replay.state()) {
        case COMPLETED, CANCELLED, FAILED -> {
          progress.end();
          return replay;
        }
        default -> {
          Optional<Instant> last = Optional.ofNullable(replay.eventLastReplayedTime());
          progress.report(
              last.map(span::part).orElse(0.0),
              replay.stateAsString() + last.map(at -> ", up to events of " + at).orElse(""));
        }
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailure("no longer watched; the replay " + name + " goes on");
      }
    }
  }

  /** Cancels the replay when the process is told to end, and removes its rule. */
  InterruptHook cancelAtInterrupt(ReplayRule rule) {
    return InterruptHook.of(
        () -> {
          try {
            cancel();
          } catch (SdkException e) {
            progress.say("the replay " + name + " could not be cancelled: " + e.getMessage());
          }
          rule.close();
          progress.say(
              "cancelled: "
                  + name
                  + "; events replayed until now are delivered, and its rule is gone");
        });
  }

  private void cancel() {
    try {
      client.cancelReplay(cancel -> cancel.replayName(name));
    } catch (IllegalStatusException | ResourceNotFoundException e) {
      // It was over just before, or it had not begun.
      progress.end();
    }
  }

  /** The exit code, after saying how it ended. */
  int printEnd(DescribeReplayResponse replay, String whom) {
    String reason =
        Optional.ofNullable(replay.stateReason())
            .filter(text -> !text.isEmpty())
            .map(text -> ": " + text)
            .orElse("");
    progress.say(replay.stateAsString() + reason);
    if (replay.state() != ReplayState.COMPLETED) {
      return 1;
    }
    progress.say(
        "The events of that time are on their way to "
            + whom
            + "; undeliverable ones are retried, and then in "
            + letters);
    return 0;
  }
}
