package agentpost.cli.verification;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.Door;
import agentpost.cli.terminal.CommandFailure;
import agentpost.verification.Check;
import agentpost.verification.DeliveryChecks;
import agentpost.verification.Outcome;
import agentpost.verification.Patience;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The receiver, from its beginning to its end, and the checks that are made with it. */
final class VerificationRun implements AutoCloseable {
  /** It starts without a snapshot, and EventBridge's first attempt is not to wait for that. */
  private static final String STRANGER = "{\"event_id\":\"warm-up\"}";

  private final CloudOptions place;
  private final Patience patience;
  private final Consumer<String> progress;
  private final ReceiverStack stack;
  private boolean isClosed;

  VerificationRun(CloudOptions place, Patience patience, Consumer<String> progress) {
    this.place = place;
    this.patience = patience;
    this.progress = progress;
    this.stack = new ReceiverStack(place, patience);
  }

  /** Takes away what an earlier run has left. */
  void removeLeftovers() {
    if (stack.exists()) {
      progress.accept("deleting " + stack.name() + ", which an earlier run has left");
      stack.delete();
    }
    removeEntries();
  }

  /** What the receiver has in the stage, beside its own stack. */
  private void removeEntries() {
    DirectoryEntry directory = new DirectoryEntry(place);
    for (String agent : directory.receivers()) {
      OperationChecks.removeAll(place, agent);
      IngestChecks.removeClaim(place, agent);
      new MappingEntry(place, agent).remove();
      directory.remove(agent);
    }
  }

  Probe start(VerifiedStage stage) {
    // Names of queues and secrets cannot be used again for a while.
    String agent =
        Probe.NAME
            + "-"
            + new SecureRandom()
                .ints(6, 0, 36)
                .collect(
                    StringBuilder::new,
                    (text, digit) -> text.append(Character.forDigit(digit, 36)),
                    StringBuilder::append);
    progress.accept("creating " + stack.name() + " with the receiver " + agent);
    Map<String, String> outputs = stack.create(stage, agent);
    String url = outputs.getOrDefault("ReceiverUrl", "");
    Door receiver = new Door(url);
    Optional<Integer> answer =
        patience.await(
            patience.check(),
            () -> DoorChecks.post(receiver, STRANGER).map(Door.Answer::status),
            status -> status.equals(Optional.of(404)));
    if (!answer.equals(Optional.of(404))) {
      throw new CommandFailure(
          "the receiver does not answer at "
              + url
              + answer.map(status -> ": it says " + status).orElse(""));
    }
    new DirectoryEntry(place)
        .add(agent, "https://" + outputs.getOrDefault("ReceiverHost", "") + "/");
    new MappingEntry(place, agent).add();
    return new Probe(stage, agent, patience);
  }

  /** Without a delivery there is nothing to be seen of the others. */
  List<Check.Result> run(Probe probe, List<Check<? super Probe>> checks) {
    List<Check.Result> results = new ArrayList<>();
    boolean delivers = true;
    for (Check<? super Probe> check : checks) {
      progress.accept(check.group() + ": " + check.sentence());
      Instant start = Instant.now();
      Outcome outcome =
          delivers || check.events() == 0
              ? run(probe, check)
              : new Outcome.Skipped("nothing is delivered");
      results.add(new Check.Result(check, outcome, Duration.between(start, Instant.now())));
      delivers &= !check.equals(DeliveryChecks.DELIVERY) || !(outcome instanceof Outcome.Failed);
    }
    return results;
  }

  private static Outcome run(Probe probe, Check<? super Probe> check) {
    try {
      return check.body().apply(probe);
    } catch (CommandFailure e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    }
  }

  /** Takes away all that there is of it; once, whoever asks. */
  @Override
  public synchronized void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    progress.accept("deleting " + stack.name());
    try {
      removeEntries();
    } finally {
      stack.delete();
    }
  }
}
