package agentpost.cli.deployment;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.PreconditionFailedException;

/**
 * What each function of a stage goes back to. Functions share no number: a deployment publishes
 * versions of those that it changes. So the set is found by time: of each function the newest
 * version that there was before the deployment began.
 *
 * @param goal how a sentence calls it
 * @param newest when the last deployment that published anything began
 */
record Rollback(String goal, Instant newest, List<Step> steps) {
  /** What becomes of one. */
  sealed interface Step {
    LiveFunction function();

    /** As a table has it. */
    String text();
  }

  record Move(LiveFunction function, LiveFunction.Version target) implements Step {
    @Override
    public String text() {
      return target + ", published " + target.published().truncatedTo(ChronoUnit.SECONDS);
    }
  }

  record Stay(LiveFunction function, String text) implements Step {}

  Rollback {
    steps = List.copyOf(steps);
  }

  List<Move> moves() {
    return steps.stream().filter(Move.class::isInstance).map(Move.class::cast).toList();
  }

  /**
   * @param to when the deployment began whose versions are meant; the one before the last unless
   *     given
   * @throws CommandFailure if no deployment is known that published any, or none that began then
   */
  static Rollback plan(StageFunctions stage, Optional<Instant> to) {
    List<Deployment> publishing =
        stage.deployments().stream()
            .filter(deployment -> stage.functions().stream().anyMatch(deployment::published))
            .toList();
    if (publishing.isEmpty()) {
      throw new CommandFailure(
          "none of the last deployments published a version, so there is nothing to go back to");
    }
    Deployment last = publishing.getFirst();
    if (to.isEmpty()) {
      return of(
          "what ran before the deployment of " + last.label(),
          last.label(),
          stage.functions(),
          version -> version.published().isBefore(last.began()));
    }
    Deployment meant =
        publishing.stream()
            .filter(deployment -> deployment.label().equals(to.get()))
            .findFirst()
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "no deployment that published versions began at "
                            + to.get()
                            + "; there are: "
                            + publishing.stream()
                                .map(deployment -> deployment.label().toString())
                                .collect(Collectors.joining(", "))));
    return of(
        "what ran after the deployment of " + meant.label(),
        last.label(),
        stage.functions(),
        version -> !version.published().isAfter(meant.ended()));
  }

  private static Rollback of(
      String goal,
      Instant newest,
      List<LiveFunction> functions,
      Predicate<LiveFunction.Version> there) {
    return new Rollback(
        goal, newest, functions.stream().map(function -> step(function, there)).toList());
  }

  private static Step step(LiveFunction function, Predicate<LiveFunction.Version> there) {
    Optional<LiveFunction.Version> target = function.newest(there);
    if (target.isEmpty()) {
      return new Stay(function, "the same: there is no older version");
    }
    return target.get().toString().equals(function.version()) && function.canary().isEmpty()
        ? new Stay(function, "the same")
        : new Move(function, target.get());
  }

  /**
   * All are ready before the first is moved.
   *
   * @return how many were moved
   * @throws CommandFailure if not all were
   */
  int move(CloudOptions place, Duration pause, Progress progress) {
    return place.withClient(LambdaClient.builder(), client -> move(client, pause, progress));
  }

  private int move(LambdaClient client, Duration pause, Progress progress) {
    new VersionActivation(client, pause, progress)
        .await(
            moves().stream()
                .map(
                    move ->
                        new VersionActivation.Target(
                            move.function().name(), move.target().toString()))
                .toList());
    int moved = 0;
    for (Move move : moves()) {
      LiveFunction function = move.function();
      try {
        client.updateAlias(
            update ->
                update
                    .functionName(function.name())
                    .name(function.alias())
                    .functionVersion(move.target().toString())
                    // All invocations: no other version keeps a share.
                    .routingConfig(routing -> routing.additionalVersionWeights(Map.of()))
                    .revisionId(function.revision()));
        moved++;
      } catch (LambdaException e) {
        throw new CommandFailure(
            function.name()
                + " was not moved, and "
                + moved
                + " before it were: "
                + (e instanceof PreconditionFailedException
                    ? "somebody else moved it meanwhile"
                    : e.getMessage())
                + "; run this again, which moves the rest");
      }
    }
    return moved;
  }
}
