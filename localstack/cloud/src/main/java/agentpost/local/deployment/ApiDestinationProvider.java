package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** API destinations of the template. */
final class ApiDestinationProvider implements Provider.Changeable {
  private final JsonService events;

  ApiDestinationProvider(JsonService events) {
    this.events = events;
  }

  @Override
  public Made make(String logicalId, ObjectNode properties) {
    return ResourceProperties.arn(
        properties.path("Name"),
        events.call("CreateApiDestination", properties).path("ApiDestinationArn"));
  }

  @Override
  public Made update(String logicalId, Made before, ObjectNode properties) {
    return ResourceProperties.arn(
        properties.path("Name"),
        events.call("UpdateApiDestination", properties).path("ApiDestinationArn"));
  }

  @Override
  public void remove(String logicalId, Made made) {
    events.call(
        "DeleteApiDestination", JsonNodeFactory.instance.objectNode().put("Name", made.ref()));
  }
}
