package agentpost.cli.deployment;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.Confirmation;
import agentpost.cli.terminal.InterruptHook;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Progress;
import agentpost.cli.terminal.Table;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agentpost rollback}: functions run again what an earlier deployment had them run. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Returns every function of a stage to the version it ran before the last deployment that"
          + " published versions, after asking. Functions' code and settings go back; rules,"
          + " queues, roles and data stay.",
      "Exit code 0: every function runs the intended version; 1: refused or failed; 2: usage."
    },
    footer = {"", "Example:", "  ./agentpost rollback --stage try --region eu-central-1"})
public final class RollbackCommand implements Callable<Integer> {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Confirmation confirmation;
  private final Duration pause;

  @Spec private CommandSpec spec;
  @Mixin private final CloudOptions place = new CloudOptions();

  @ArgGroup private final Target target = new Target();

  /** What else than the last deployment is meant. */
  private static final class Target {
    @Option(
        names = "--to",
        paramLabel = "TIME",
        description =
            "Returns to the deployment that began at this time; any other time lists them.")
    private @Nullable Instant to;

    @Option(
        names = "--prune",
        description =
            "Instead deletes versions that do not run now and did not run after any of the last ten"
                + " deployments.")
    private boolean prune;
  }

  @Option(names = "--yes", description = "Does not ask for confirmation.")
  private boolean yes;

  public RollbackCommand(InputStream in) {
    this(in, PAUSE);
  }

  RollbackCommand(InputStream in, Duration pause) {
    this.confirmation = new Confirmation(in);
    this.pause = pause;
  }

  @Override
  public Integer call() {
    StageFunctions stage = StageFunctions.read(place);
    PrintWriter out = spec.commandLine().getOut();
    int exitCode =
        target.prune
            ? prune(UnneededVersions.of(stage), out)
            : move(Rollback.plan(stage, Optional.ofNullable(target.to)), out);
    out.flush();
    return exitCode;
  }

  private int move(Rollback rollback, PrintWriter out) {
    print(rollback, out);
    int moves = rollback.moves().size();
    if (moves == 0) {
      PlainWriter.say(out, "Nothing to move: all run " + rollback.goal() + ".");
      return 0;
    }
    String question =
        "Move "
            + (moves == 1 ? "this alias" : "these " + moves + " aliases")
            + " to "
            + rollback.goal()
            + "?";
    if (!yes && !confirmation.ask(out, question)) {
      out.println("nothing moved");
      return 1;
    }
    Progress progress = Progress.of(spec.commandLine().getErr());
    int moved;
    try (InterruptHook _ =
        InterruptHook.saying(
            out, () -> "; some functions may have moved; run this again, which moves the rest")) {
      moved = rollback.move(place, pause, progress);
    }
    PlainWriter.say(out, moved + " moved: they run " + rollback.goal() + ".");
    PlainWriter.say(
        out,
        "next: deploy the fix; a deployment moves forward only functions that it changes. Without"
            + " one: "
            + place.nextCommand("rollback --to " + rollback.newest()));
    return 0;
  }

  private void print(Rollback rollback, PrintWriter out) {
    int longest =
        rollback.steps().stream().mapToInt(step -> step.function().name().length()).max().orElse(8);
    Table table = Table.of(PlainWriter.display(out), longest, 4, 20);
    out.println(table.row("FUNCTION", "NOW", "THEN"));
    rollback
        .steps()
        .forEach(
            step ->
                out.println(table.row(step.function().name(), step.function().now(), step.text())));
  }

  private int prune(UnneededVersions unneeded, PrintWriter out) {
    if (unneeded.count() == 0) {
      out.println("Nothing to delete: the last deployments ran every existing version.");
      return 0;
    }
    unneeded.lines().forEach(line -> PlainWriter.say(out, line));
    if (!yes
        && !confirmation.ask(
            out, "Delete these versions, which no rollback can reach any more, for good?")) {
      out.println("nothing deleted");
      return 1;
    }
    out.println(unneeded.delete(place) + " deleted");
    return 0;
  }
}
