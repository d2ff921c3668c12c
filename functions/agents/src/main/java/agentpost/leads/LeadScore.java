package agentpost.leads;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How promising a lead is, 0 to 100, and why. The rules are all there is to it: each that applies
 * adds its points.
 *
 * @param reasons the rules that applied, those with the most points first
 */
record LeadScore(int points, List<String> reasons) {
  private static final int QUALIFYING_SCORE = 50;
  private static final int BASE = 10;

  private record Rule(int points, String reason, Predicate<Lead> applies) {
    String text() {
      return (points > 0 ? "+" : "") + points + " " + reason;
    }
  }

  private static final Set<String> PRIVATE_MAILBOXES =
      Set.of(
          "gmail.com",
          "googlemail.com",
          "outlook.com",
          "hotmail.com",
          "yahoo.com",
          "icloud.com",
          "gmx.de",
          "web.de");
  private static final List<String> DECIDERS =
      List.of("chief", "cto", "ceo", "cio", "coo", "head", "director", "vp", "founder", "owner");

  private static final List<Rule> RULES =
      List.of(
          new Rule(30, "asked for a demo", lead -> lead.source().startsWith("demo_request")),
          new Rule(25, "decides on purchases", LeadScore::decides),
          new Rule(25, "works where 200 people or more do", lead -> lead.employees() >= 200),
          new Rule(
              15,
              "works where 20 to 199 people do",
              lead -> lead.employees() >= 20 && lead.employees() < 200),
          new Rule(15, "came through a partner", lead -> lead.source().startsWith("partner")),
          new Rule(10, "came to a webinar", lead -> lead.source().startsWith("webinar")),
          new Rule(10, "names a company", lead -> !lead.company().isEmpty()),
          new Rule(
              -20,
              "writes from a private mailbox",
              lead -> PRIVATE_MAILBOXES.contains(domain(lead))),
          new Rule(
              -20,
              "wants a job or sells something",
              lead -> lead.source().startsWith("careers") || lead.source().startsWith("vendor")));

  static LeadScore of(Lead lead) {
    List<Rule> applying =
        RULES.stream()
            .filter(rule -> rule.applies().test(lead))
            .sorted(Comparator.comparingInt(rule -> -Math.abs(rule.points())))
            .toList();
    int sum = BASE + applying.stream().mapToInt(Rule::points).sum();
    List<String> reasons =
        applying.isEmpty()
            ? List.of("nothing is known that speaks for or against it")
            : applying.stream().map(Rule::text).toList();
    return new LeadScore(Math.clamp(sum, 0, 100), reasons);
  }

  boolean isEnough() {
    return points >= QUALIFYING_SCORE;
  }

  /** By whole words: a "director" decides, a "directory editor" does not. */
  private static boolean decides(Lead lead) {
    return List.of(lead.jobTitle().toLowerCase(Locale.ROOT).split("[^a-z]+", -1)).stream()
        .anyMatch(DECIDERS::contains);
  }

  private static String domain(Lead lead) {
    return lead.email().substring(lead.email().lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
  }
}
