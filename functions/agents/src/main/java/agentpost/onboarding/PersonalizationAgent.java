package agentpost.onboarding;

import agentpost.catalog.AgentName;
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

/**
 * Suggests features: to whoever signed up, by plan, source and location; and to whoever's trial is
 * about to end, by plan. The first rules are the strongest.
 */
final class PersonalizationAgent implements Agent {
  /**
   * @param <T> whom it is about
   */
  private record Rule<T>(String feature, String reason, Predicate<T> applies) {}

  private static final List<Rule<SignUp>> ON_ARRIVAL =
      List.of(
          new Rule<>(
              "sso",
              "enterprise teams sign in with their own directory",
              who -> who.plan().startsWith("enterprise")),
          new Rule<>(
              "advanced-analytics",
              "part of the premium trial, worth trying first",
              who -> who.plan().startsWith("premium")),
          new Rule<>("shared-workspaces", "made for teams", who -> who.plan().startsWith("team")),
          new Rule<>(
              "campaign-templates",
              "came from a marketing campaign",
              who -> who.source().startsWith("marketing_campaign")),
          new Rule<>(
              "partner-integrations",
              "came through a partner",
              who -> who.source().startsWith("partner")),
          new Rule<>(
              "us-tax-reports", "is in the United States", who -> who.location().startsWith("US")),
          new Rule<>("ccpa-console", "is in California", who -> who.location().equals("US-CA")),
          new Rule<>(
              "eu-data-residency",
              "is in the European Union",
              who -> EuropeanUnion.has(who.location())),
          // Everyone gets at least this one.
          new Rule<>("guided-tour", "new here", _ -> true));

  /** By plan. What makes staying easy, and what would be missed. */
  private static final List<Rule<String>> BEFORE_LEAVING =
      List.of(
          new Rule<>(
              "sso",
              "a company's directory is set up once, and then everyone is in",
              plan -> plan.startsWith("enterprise")),
          new Rule<>(
              "account-manager",
              "someone to talk to before deciding",
              plan -> plan.startsWith("enterprise")),
          new Rule<>(
              "shared-workspaces",
              "what the team made stays with the team",
              plan -> plan.startsWith("team")),
          new Rule<>(
              "advanced-analytics",
              "the reports of the trial go on",
              plan -> plan.startsWith("premium")),
          // Everyone gets at least these two.
          new Rule<>("annual-billing", "two months less to pay", _ -> true),
          new Rule<>("data-export", "nothing is lost, whatever is decided", _ -> true));

  private static final int MAX_SUGGESTIONS = 5;

  private final AgentName name;
  private final Clock clock;

  PersonalizationAgent(AgentName name, Clock clock) {
    this.name = name;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    return switch (event.type()) {
      case "user.signed_up" -> suggest(event, ON_ARRIVAL, SignUp.of(event));
      case "trial.ending" -> suggest(event, BEFORE_LEAVING, event.data().path("plan").asText());
      default -> new Outcome.Refused("this agent does not know " + event.type());
    };
  }

  private <T> Outcome suggest(Event event, List<Rule<T>> rules, T who) {
    List<Rule<T>> fitting =
        rules.stream().filter(rule -> rule.applies().test(who)).limit(MAX_SUGGESTIONS).toList();
    ObjectNode data =
        JsonNodeFactory.instance.objectNode().put("user_id", event.data().path("user_id").asText());
    ArrayNode features = data.putArray("features");
    fitting.forEach(
        rule -> features.addObject().put("feature", rule.feature()).put("reason", rule.reason()));
    String note =
        "suggested " + fitting.stream().map(Rule::feature).collect(Collectors.joining(", "));
    return new Outcome.Done(
        List.of(event.answer(name, "features.suggested", data, clock.instant())), note);
  }
}
