package agentpost.cli.secrets;

import agentpost.cli.cloud.CloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** The function that rotates secrets, asked by a person. */
record RotationFunction(CloudOptions place) {
  JsonNode run(String step, String secretId) {
    return invoke(input(step, secretId));
  }

  JsonNode rotateLeaked(String secretId) {
    return invoke(input("rotate", secretId).put("Leaked", "yes"));
  }

  private static ObjectNode input(String step, String secretId) {
    return JsonNodeFactory.instance.objectNode().put("Step", step).put("SecretId", secretId);
  }

  private JsonNode invoke(ObjectNode input) {
    String function = place.names().rotation();
    return place.withClient(
        LambdaClient.builder(),
        client ->
            place
                .caller(client)
                .call(function, input, () -> place.missingResource("function " + function), ""));
  }
}
