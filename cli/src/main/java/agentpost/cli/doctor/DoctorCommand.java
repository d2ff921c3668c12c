package agentpost.cli.doctor;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deployment.AccountCheck;
import agentpost.cli.deployment.Finding;
import agentpost.cli.deployment.PreflightCommand;
import agentpost.cli.deployment.StackChecks;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost doctor}: what is wrong, and what to do about it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Checks this machine, the project and a running stack: JDK, Node.js, the local cloud's port,"
          + " build, catalog, subscriptions that no example matches, events that no agent receives,"
          + " loops; rules, queue policies, secrets, registered schemas, the clock; on AWS also"
          + " what preflight checks. For each problem it prints the command that fixes it. Changes"
          + " nothing.",
      "Exit code 0: nothing is broken; 1: something is, or could not be read; 2: usage."
    },
    footer = {"", "Example:", "  ./agentpost doctor"})
public final class DoctorCommand implements Callable<Integer> {
  private final Supplier<Path> synthesized;
  private final Function<Path, CloudAssembly> reader;

  @Spec private CommandSpec spec;
  @Mixin private final CloudOptions place = new CloudOptions();
  @Mixin private final JsonOption json = new JsonOption();

  /**
   * @param synthesized the folder with the template; there is none where it could not be
   *     synthesized
   */
  public DoctorCommand(Supplier<Path> synthesized, Function<Path, CloudAssembly> reader) {
    this.synthesized = synthesized;
    this.reader = reader;
  }

  @Override
  public Integer call() {
    place.requireOnePlace();
    place.names();
    PrintWriter out = spec.commandLine().getOut();
    List<Finding> findings = new ArrayList<>();
    check(
        finding -> {
          findings.add(finding);
          // As they are found, for a stack may have hundreds of queues.
          if (!json.isSet()) {
            finding.print(out);
          }
        });
    long broken = findings.stream().filter(one -> one.level() == Finding.Level.STOP).count();
    long warnings = findings.stream().filter(one -> one.level() == Finding.Level.WARN).count();
    json.printList(
        out,
        findings.stream().map(Finding::json),
        () -> PlainWriter.say(out, sum(broken, warnings)));
    return broken == 0 ? 0 : 1;
  }

  private static String sum(long broken, long warnings) {
    if (broken + warnings == 0) {
      return "All is well.";
    }
    return broken + " broken, " + warnings + (warnings == 1 ? " warning." : " warnings.");
  }

  private void check(Consumer<Finding> found) {
    MachineChecks.all().forEach(found);
    Path folder = synthesized.get();
    Optional<CloudAssembly> assembly =
        Files.isDirectory(folder) ? Optional.of(reader.apply(folder)) : Optional.empty();
    assembly.ifPresent(each -> run("events", () -> new EventChecks(each).all()).forEach(found));
    if (!place.isNamed() && !place.isLocalCloud()) {
      found.accept(
          Finding.ok(
              "stack", "no local cloud runs at " + place.label() + "; --profile is for AWS"));
      return;
    }
    if (place.isAws()) {
      assembly.ifPresent(each -> run("preflight", () -> preflight(each, found)).forEach(found));
    }
    List<Finding> lacking = run("stack", this::lacking);
    if (!lacking.isEmpty()) {
      lacking.forEach(found);
      return;
    }
    List<AccountCheck> checks = new ArrayList<>(new RuleChecks(place, assembly).all());
    checks.addAll(new SecretChecks(place, assembly).all());
    assembly.ifPresent(each -> checks.add(RegistryCheck.of(place, each)));
    checks.add(ClockCheck.of(place));
    checks.forEach(check -> run(check.about(), () -> check.run(place)).forEach(found));
  }

  private List<Finding> preflight(CloudAssembly assembly, Consumer<Finding> found) {
    PreflightCommand.check(place, assembly, found);
    return List.of();
  }

  /** Nothing if the stack is there. */
  private List<Finding> lacking() {
    return place.stacks().contains(place.prefix())
        ? List.of()
        : List.of(
            Finding.warn(
                "stack",
                "there is no " + place.prefix() + " at " + place.label(),
                place.isAws()
                    ? StackChecks.inApp(place.nextOfCdk("deploy"))
                    : "./agentpost local"));
  }

  /** What one check fails with is a finding, and the next is made all the same. */
  private static List<Finding> run(String about, Supplier<List<Finding>> check) {
    try {
      return check.get();
    } catch (CommandFailure e) {
      return List.of(Finding.stop(about, String.valueOf(e.getMessage())));
    }
  }
}
