package agentpost.local.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Statements that are decided together. A document that says what nothing here would keep to is
 * refused by name, since a policy that is read in part says something else.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html">Policy
 *     evaluation logic</a>
 */
public record Policy(List<Statement> statements) {
  public Policy {
    statements = List.copyOf(statements);
  }

  /**
   * A policy of a role: it is about whoever has the role, and names what it is about.
   *
   * @throws IllegalArgumentException naming what of it is wrong or cannot be kept to
   */
  public static Policy ofIdentity(JsonNode document) {
    return read(document, Statement::ofIdentity);
  }

  /**
   * A policy of a resource: it names whom it is about. A statement without a Resource is about the
   * resource that has it, as in a role's trust policy.
   *
   * @throws IllegalArgumentException naming what of it is wrong or cannot be kept to
   */
  public static Policy ofResource(JsonNode document) {
    return read(document, Statement::ofResource);
  }

  public static Policy union(Collection<Policy> policies) {
    return new Policy(policies.stream().flatMap(policy -> policy.statements.stream()).toList());
  }

  private interface Reader {
    Statement read(JsonNode statement);
  }

  private static Policy read(JsonNode document, Reader reader) {
    JsonNode statements = document.path("Statement");
    if (!statements.isArray() && !statements.isObject()) {
      throw new IllegalArgumentException(
          "a policy has a Statement, an object or a list of them; got " + document);
    }
    List<Statement> all = new ArrayList<>();
    (statements.isArray() ? statements : List.of(statements))
        .forEach(statement -> all.add(reader.read(statement)));
    return new Policy(all);
  }

  /** The same with resources written another way. */
  public Policy withResources(UnaryOperator<String> rewrite) {
    return new Policy(
        statements.stream().map(statement -> statement.withResources(rewrite)).toList());
  }

  public boolean isForEveryone() {
    return statements.stream().allMatch(statement -> statement.who().isEveryone());
  }

  /** In lower case. */
  public Set<String> conditionKeys() {
    return statements.stream()
        .flatMap(statement -> statement.conditions().stream())
        .map(Condition::key)
        .collect(Collectors.toSet());
  }

  /** What of it is about this action and resource at all, whatever its conditions are. */
  public Policy about(String action, String resource) {
    return new Policy(
        statements.stream().filter(statement -> statement.isAbout(action, resource)).toList());
  }

  public Decision decide(Principal who, ActionRequest call) {
    Decision decision = Decision.NOT_ALLOWED;
    for (Statement statement : statements) {
      if (statement.who().include(who, statement.allows())
          && statement.isAbout(call.action(), call.resource())
          && statement.holds(call.context())) {
        if (!statement.allows()) {
          return Decision.DENIED;
        }
        decision = Decision.ALLOWED;
      }
    }
    return decision;
  }
}
