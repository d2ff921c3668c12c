package agentpost.cli.deadletter;

import agentpost.catalog.AgentName;
import agentpost.cli.terminal.InterruptHook;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** The function that delivers to one agent, for dead letters and for events that were mended. */
record RedriveFunction(DlqOptions place, LambdaClient client) {
  /** For as long as it runs: the function is no part of this process. */
  static InterruptHook sayAtInterrupt(
      DlqOptions place, AgentName agent, OutcomeCounts counts, PrintWriter out) {
    return InterruptHook.saying(
        out,
        () ->
            "; reported so far: "
                + counts
                + ". The function's run goes on for a minute at most, and removes only letters that"
                + " were delivered; then: "
                + place.nextCommand("dlq show " + agent.value()));
  }

  JsonNode invoke(ObjectNode input) {
    String name = place.redriveFunction();
    return place
        .caller(client)
        .call(
            name,
            input,
            () -> place.missingResource("function " + name),
            ". Letters it held come back within two minutes");
  }
}
