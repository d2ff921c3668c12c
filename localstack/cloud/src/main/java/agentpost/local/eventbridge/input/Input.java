package agentpost.local.eventbridge.input;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * What a target gets of an event: all of it, {@code Input}, {@code InputPath} or {@code
 * InputTransformer}.
 */
public final class Input {
  private Input() {}

  /**
   * @throws AwsException if a target's input cannot be one
   */
  public static void check(JsonNode target) {
    String id = target.path("Id").asText();
    if (target.hasNonNull("InputPath") && !JsonPath.isTaken(target.path("InputPath").asText())) {
      throw AwsException.badRequest(
          "ValidationException", "InputPath for target " + id + " is invalid.");
    }
    for (var path : target.path("InputTransformer").path("InputPathsMap").properties()) {
      if (!JsonPath.isTaken(path.getValue().asText())) {
        throw AwsException.badRequest(
            "ValidationException",
            "InputPathsMap for target "
                + id
                + " is invalid: the path of "
                + path.getKey()
                + " must begin with $ and have names after dots, got "
                + path.getValue().asText()
                + ".");
      }
    }
    Template.check(target);
  }

  /**
   * Nothing if the target's input makes no JSON of this event; AWS delivers nothing then.
   *
   * @param ingested when EventBridge took the event
   */
  public static Optional<String> of(
      ObjectNode target, ObjectNode event, String ruleArn, Instant ingested) {
    if (target.hasNonNull("Input")) {
      return Optional.of(target.path("Input").asText());
    }
    if (target.hasNonNull("InputPath")) {
      JsonNode found = JsonPath.at(event, target.path("InputPath").asText());
      return Optional.of(found.isMissingNode() ? "" : EventJson.write(found));
    }
    if (target.path("InputTransformer").isObject()) {
      return new Template(target.path("InputTransformer")).fill(event, ruleArn, ingested);
    }
    return Optional.of(EventJson.write(event));
  }
}
