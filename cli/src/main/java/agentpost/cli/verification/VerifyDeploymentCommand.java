package agentpost.cli.verification;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cost.RunCost;
import agentpost.cli.terminal.Confirmation;
import agentpost.cli.terminal.PlainWriter;
import agentpost.cli.terminal.Table;
import agentpost.verification.Check;
import agentpost.verification.DeliveryChecks;
import agentpost.verification.Patience;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agentpost verify-deployment}: a deployed stage does what it is for. */
@Command(
    name = "verify-deployment",
    mixinStandardHelpOptions = true,
    description = {
      "Puts events on a deployed stage's bus for a receiver that it brings in a stack of its own,"
          + " and sees them delivered, retried, dead-lettered, redriven and signed through a"
          + " rotation; sees operations of the receiver's end and a source's delivery become an"
          + " event. No agent of the stage's hears any of it. It says what that costs and asks, and"
          + " takes away what it made, also after Ctrl-C.",
      "Exit code 0: all is as it should be; 1: something is not, or could not be seen; 2: usage."
    },
    footer = {
      "",
      "Example:",
      "  ./agentpost verify-deployment --stage try --region eu-central-1 --report target/verified"
    })
public final class VerifyDeploymentCommand implements Callable<Integer> {
  private final Confirmation confirmation;
  private final Patience patience;

  @Spec private CommandSpec spec;
  @Mixin private final CloudOptions place = new CloudOptions();

  @Option(names = "--yes", description = "Does not ask.")
  private boolean yes;

  @Option(
      names = "--report",
      paramLabel = "FOLDER",
      description = "Also writes JUnit's XML and Markdown there.")
  private @Nullable Path report;

  public VerifyDeploymentCommand(InputStream in) {
    this(in, Patience.DEFAULT);
  }

  VerifyDeploymentCommand(InputStream in, Patience patience) {
    this.confirmation = new Confirmation(in);
    this.patience = patience;
  }

  static List<Check<? super Probe>> checks() {
    List<Check<? super Probe>> checks = new ArrayList<>(DeliveryChecks.all());
    checks.addAll(RedriveChecks.all());
    checks.addAll(RotationChecks.all());
    checks.addAll(DoorChecks.all());
    checks.addAll(OperationChecks.all());
    checks.addAll(IngestChecks.all());
    checks.addAll(MonitoringChecks.all());
    return checks;
  }

  @Override
  public Integer call() {
    VerifiedStage stage = VerifiedStage.read(place);
    PrintWriter out = spec.commandLine().getOut();
    printPlan(stage, out);
    if (!yes && !confirmation.ask(out, "Go on?")) {
      out.println("nothing done");
      return 1;
    }
    VerificationReport results = run(stage);
    print(results, out);
    Path folder = report;
    if (folder != null) {
      results.write(folder);
      PlainWriter.say(out, "report: " + folder.resolve(VerificationReport.MARKDOWN));
    }
    out.flush();
    return results.results().stream().anyMatch(Check.Result::isFailed) ? 1 : 0;
  }

  private void printPlan(VerifiedStage stage, PrintWriter out) {
    List<Check<? super Probe>> checks = checks();
    int events = checks.stream().mapToInt(Check::events).sum();
    int attempts = checks.stream().mapToInt(Check::attempts).sum();
    PlainWriter.say(
        out,
        "stage      " + place.prefix() + ", " + stage.region() + " of account " + stage.account());
    PlainWriter.say(
        out,
        "makes      stack "
            + new ReceiverStack(place, patience).name()
            + ": a function with a URL, its role, log and table, a secret, a queue, a rule and an"
            + " API destination; an entry in "
            + place.names().agentDirectory()
            + ", a mapping at one of the sources, two rows in "
            + place.names().operations()
            + ". All of it goes in the end; the events stay in the stage's archive and log, and two"
            + " that are refused raise its alarm "
            + place.names().part("failed-invocations"));
    PlainWriter.say(
        out,
        String.format(
            Locale.ROOT,
            "budget     up to %d events, %d attempts and %.2f USD",
            events,
            attempts,
            Math.ceil(new RunCost(events, attempts).usd() * 100) / 100));
  }

  private VerificationReport run(VerifiedStage stage) {
    PrintWriter err = spec.commandLine().getErr();
    VerificationRun run =
        new VerificationRun(place, patience, line -> PlainWriter.say(err, PlainWriter.line(line)));
    // For Ctrl-C; after its end there is nothing left to do.
    Runtime.getRuntime().addShutdownHook(new Thread(run::close, "teardown"));
    try (run) {
      run.removeLeftovers();
      return new VerificationReport(
          place.prefix() + ", " + stage.region() + " of " + stage.account(),
          Instant.now(),
          run.run(run.start(stage), checks()));
    }
  }

  private static void print(VerificationReport report, PrintWriter out) {
    Table table = Table.of(PlainWriter.display(out), 7, 12, 30);
    for (Check.Result result : report.results()) {
      String said = result.outcome().text();
      out.println(
          table.row(
              result.outcome().label(),
              result.check().group(),
              result.check().sentence() + (said.isEmpty() ? "" : " (" + said + ")")));
    }
    out.println(report.summary());
  }
}
