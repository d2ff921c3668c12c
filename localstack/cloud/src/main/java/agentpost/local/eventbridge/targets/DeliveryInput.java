package agentpost.local.eventbridge.targets;

import agentpost.local.eventbridge.registry.Registry;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What one attempt is about.
 *
 * @param input what the target gets of the event
 * @param forwarded whether the event came to the rule's bus from another bus
 */
public record DeliveryInput(
    Registry.Rule rule, ObjectNode target, ObjectNode event, String input, boolean forwarded) {
  public String arn() {
    return target.path("Arn").asText();
  }
}
