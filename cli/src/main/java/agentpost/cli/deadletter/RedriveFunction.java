package agentpost.cli.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** The function that delivers to one agent, for dead letters and for events that were mended. */
record RedriveFunction(DlqOptions place, LambdaClient client) {
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
