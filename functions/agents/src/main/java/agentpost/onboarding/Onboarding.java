package agentpost.onboarding;

import java.util.List;
import java.util.function.Predicate;

/**
 * What a sign-up leads to: which agents take part in whose onboarding. An agent that has nothing to
 * do for a sign-up publishes nothing.
 */
final class Onboarding {
  private record Part(String agent, Predicate<SignUp> applies) {}

  private static final List<Part> PARTS =
      List.of(
          new Part("welcome-agent", _ -> true),
          new Part("personalization-agent", _ -> true),
          new Part("trial-monitor", TrialMonitorAgent::hasTrial),
          new Part("support-notification", SignUp::isHighValue));

  private Onboarding() {}

  /** The agents that are to do something for this sign-up. */
  static List<String> of(SignUp signUp) {
    return PARTS.stream().filter(part -> part.applies().test(signUp)).map(Part::agent).toList();
  }

  static boolean takesPart(String agent) {
    return PARTS.stream().anyMatch(part -> part.agent().equals(agent));
  }
}
