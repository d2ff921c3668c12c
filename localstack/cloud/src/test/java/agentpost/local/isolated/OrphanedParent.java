package agentpost.local.isolated;

import agentpost.local.egress.Egress;
import agentpost.local.lambda.FunctionSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A parent to be killed: runs a function that loops, and prints its process's id. */
final class OrphanedParent {
  private OrphanedParent() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    IsolatedSandboxes sandboxes =
        IsolatedSandboxes.start(() -> 1, Egress.closed(), (_, line) -> out.println(line));
    var function =
        sandboxes.of(
            new FunctionSettings(
                "f",
                MisbehavingHandler.class.getName(),
                Map.of(),
                Duration.ofMinutes(10),
                128,
                OptionalInt.empty(),
                false,
                Optional.of(Path.of(args[0]))));
    function.invoke("{\"do\":\"loop\"}");
  }
}
