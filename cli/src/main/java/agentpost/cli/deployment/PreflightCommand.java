package agentpost.cli.deployment;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost preflight}: what would stop a deployment, and what to do about it. */
@Command(
    name = "preflight",
    mixinStandardHelpOptions = true,
    description = {
      "Checks an account before a deployment. For each problem it prints the command that fixes it:"
          + " the stack's state, the CDK's bootstrap, API Gateway's log role, quotas, senders of"
          + " mail, the API's domain, names left by a destroyed stage. Changes nothing.",
      "Exit code 0: nothing stops a deployment; 1: something does, or could not be read; 2: usage."
    },
    footer = {"", "Example:", "  ./agentpost preflight --stage try --region eu-central-1"})
public final class PreflightCommand implements Callable<Integer> {
  private final Supplier<CloudAssembly> assembly;

  @Spec private CommandSpec spec;
  @Mixin private final CloudOptions place = new CloudOptions();

  @Mixin private final JsonOption json = new JsonOption();

  /**
   * @param assembly what would be deployed
   */
  public PreflightCommand(Supplier<CloudAssembly> assembly) {
    this.assembly = assembly;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Finding> findings = new ArrayList<>();
    check(
        place,
        assembly(place, assembly),
        finding -> {
          findings.add(finding);
          // As they are found: AWS is asked dozens of things.
          if (!json.isSet()) {
            finding.print(out);
          }
        });
    long stops = findings.stream().filter(one -> one.level() == Finding.Level.STOP).count();
    json.printList(
        out,
        findings.stream().map(Finding::json),
        () ->
            PlainWriter.say(
                out,
                stops == 0
                    ? "Nothing stops a deployment of " + place.prefix() + "."
                    : "A deployment of "
                        + place.prefix()
                        + " is stopped by "
                        + stops
                        + " of these."));
    return stops == 0 ? 0 : 1;
  }

  /** What would be deployed there. */
  static CloudAssembly assembly(CloudOptions place, Supplier<CloudAssembly> assembly) {
    place.requireOnePlace();
    // A stage's name is looked at first: the launcher synthesizes for none that is no stage's.
    place.names();
    return assembly.get();
  }

  public static void check(CloudOptions place, CloudAssembly assembly, Consumer<Finding> found) {
    // The first question: a place where nobody answers is told of once.
    StackLook look = StackLook.at(place);
    look.findings().forEach(found);
    List<AccountCheck> checks = new ArrayList<>();
    checks.addAll(new StackChecks(place, assembly).all());
    checks.addAll(new QuotaChecks(place, assembly).all());
    checks.addAll(new MailChecks(place, assembly).all());
    if (look.isRead()) {
      checks.addAll(new DomainChecks(place, assembly, look.deployed()).all());
      checks.addAll(new LeftoverChecks(place, assembly, look.deployed()).all());
    }
    checks.forEach(check -> check.run(place).forEach(found));
  }
}
