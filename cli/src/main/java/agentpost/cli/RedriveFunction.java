package agentpost.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

/** The function that delivers to one agent, for dead letters and for events that were mended. */
record RedriveFunction(DlqOptions place, LambdaClient client) {
  private static final JsonMapper JSON = new JsonMapper();

  JsonNode invoke(ObjectNode input) {
    String name = place.redriveFunction();
    try {
      InvokeResponse answer =
          client.invoke(
              invoke ->
                  invoke
                      .functionName(name)
                      .qualifier("live")
                      .payload(SdkBytes.fromUtf8String(input.toString())));
      JsonNode report = JSON.readTree(answer.payload().asUtf8String());
      if (answer.functionError() != null) {
        throw new CommandFailure(
            name
                + " failed: "
                + report.path("errorMessage").asText()
                + "; its log has more. Letters it held come back within two minutes");
      }
      return report;
    } catch (ResourceNotFoundException e) {
      throw place.missingResource("function " + name);
    } catch (JsonProcessingException e) {
      throw new CommandFailure(name + " answered something that is no JSON");
    }
  }
}
