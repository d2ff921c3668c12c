package agentpost.cli.verification;

import agentpost.cli.cloud.CloudOptions;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.local.eventbridge.input.Patterns;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ListRulesResponse;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.RuleState;

/** Who hears an event on the stage's bus. */
record Audience(CloudOptions place) {
  /** The rules that hand it to more than a log or an archive. */
  List<String> of(Event event) {
    String asRulesSeeIt = describe(event);
    return place.withClient(
        EventBridgeClient.builder(),
        client ->
            rules(client).stream()
                .filter(rule -> rule.state() == RuleState.ENABLED && rule.managedBy() == null)
                .filter(rule -> rule.eventPattern() != null)
                .filter(rule -> Patterns.matches(rule.eventPattern(), asRulesSeeIt))
                .map(Rule::name)
                .filter(rule -> acts(client, rule))
                .toList());
  }

  private List<Rule> rules(EventBridgeClient client) {
    List<Rule> rules = new ArrayList<>();
    String token = null;
    do {
      String next = token;
      ListRulesResponse page =
          client.listRules(list -> list.eventBusName(place.prefix()).nextToken(next));
      rules.addAll(page.rules());
      token = page.nextToken();
    } while (token != null);
    return rules;
  }

  private boolean acts(EventBridgeClient client, String rule) {
    return client
        .listTargetsByRule(list -> list.eventBusName(place.prefix()).rule(rule))
        .targets()
        .stream()
        .anyMatch(target -> !target.arn().contains(":logs:"));
  }

  private static String describe(Event event) {
    try {
      ObjectNode json =
          JsonNodeFactory.instance
              .objectNode()
              .put("source", event.metadata().sourceService())
              .put("detail-type", event.type());
      json.set("detail", new JsonMapper().readTree(new EventCodec().write(event)));
      return json.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An event is written as JSON", e);
    }
  }
}
