package agentpost.cli.project;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code agentpost synth}: the launcher synthesizes before it starts this, so that the path is that
 * of what is there.
 */
@Command(
    name = "synth",
    mixinStandardHelpOptions = true,
    description = "Synthesizes the template, if anything has changed, and prints its directory.",
    footer = {"", "Example:", "  ./agentpost synth"})
public final class SynthCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(CdkOut.directory());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
