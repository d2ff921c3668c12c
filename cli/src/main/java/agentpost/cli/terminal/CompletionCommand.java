package agentpost.cli.terminal;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost completion}: for the shell in which people type the others. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description =
        "Prints a script by which bash and zsh complete commands and options. In a shell's startup"
            + " file it is for all that come.",
    footer = {"", "Example:", "  eval \"$(./agentpost completion)\""})
public final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("agentpost", spec.root().commandLine()));
    out.flush();
  }
}
