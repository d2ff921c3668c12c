package agentpost.agent;

import agentpost.event.AgentName;
import agentpost.event.Event;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Suggests features to whoever signed up, by rules over plan, source and location. The first rules are the strongest. */
final class PersonalizationAgent implements Agent {
  private record Rule(String feature, String reason, Predicate<SignUp> applies) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule("sso", "enterprise teams sign in with their own directory", who -> who.plan().startsWith("enterprise")),
          new Rule("advanced-analytics", "part of the premium trial, worth trying first", who -> who.plan().startsWith("premium")),
          new Rule("shared-workspaces", "made for teams", who -> who.plan().startsWith("team")),
          new Rule("campaign-templates", "came from a marketing campaign", who -> who.source().startsWith("marketing_campaign")),
          new Rule("partner-integrations", "came through a partner", who -> who.source().startsWith("partner")),
          new Rule("us-tax-reports", "is in the United States", who -> who.location().startsWith("US")),
          new Rule("ccpa-console", "is in California", who -> who.location().equals("US-CA")),
          new Rule("eu-data-residency", "is in the European Union", who -> EuropeanUnion.has(who.location())),
          // Everyone gets at least this one.
          new Rule("guided-tour", "new here", _ -> true));

  private static final int MOST = 5;

  private final AgentName name;
  private final Clock clock;

  PersonalizationAgent(AgentName name, Clock clock) {
    this.name = name;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    SignUp signUp = SignUp.of(event);
    List<Rule> fitting = RULES.stream().filter(rule -> rule.applies().test(signUp)).limit(MOST).toList();
    ObjectNode data = JsonNodeFactory.instance.objectNode().put("user_id", signUp.userId());
    ArrayNode features = data.putArray("features");
    fitting.forEach(rule -> features.addObject().put("feature", rule.feature()).put("reason", rule.reason()));
    String note = "suggested " + fitting.stream().map(Rule::feature).collect(Collectors.joining(", "));
    return new Outcome.Done(List.of(event.answer(name, "features.suggested", data, clock.instant())), note);
  }
}
