package agentpost.cli.terminal;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost completion}: for the shell in which people type the others. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description =
        "Prints a script by which a shell completes commands and options. In the shell's startup"
            + " file it is for all that come; fish: ./agentpost completion fish | source",
    footer = {"", "Example:", "  eval \"$(./agentpost completion)\""})
public final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** By the names that people type; picocli's script is for the first two. */
  private enum Shell {
    bash,
    zsh,
    fish
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "SHELL",
      defaultValue = "bash",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Shell shell;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        switch (shell) {
          case bash, zsh -> AutoComplete.bash("agentpost", spec.root().commandLine());
          case fish -> FishCompletion.of(spec.root());
        });
    out.flush();
  }
}
