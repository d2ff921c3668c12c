package agentpost.local.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One statement of a policy, as a template has it when its references are resolved.
 *
 * @param actions in lower case, with wildcards
 */
record Statement(
    boolean allows,
    Grantees who,
    List<String> actions,
    List<String> resources,
    List<Condition> conditions) {
  private static final Set<String> KNOWN =
      Set.of("Sid", "Effect", "Action", "Resource", "Condition", "Principal");
  private static final Grantees WHOEVER_HAS_IT = new Grantees(Set.of(), Set.of(Grantees.EVERYONE));

  Statement {
    actions = actions.stream().map(action -> action.toLowerCase(Locale.ROOT)).toList();
    resources = List.copyOf(resources);
    conditions = List.copyOf(conditions);
  }

  static Statement ofIdentity(JsonNode statement) {
    if (statement.has("Principal")) {
      throw new IllegalArgumentException("a role's policy has no Principal: it is about the role");
    }
    checkElements(statement);
    return of(statement, WHOEVER_HAS_IT, requireTexts(statement, "Resource"));
  }

  static Statement ofResource(JsonNode statement) {
    checkElements(statement);
    if (!statement.has("Principal")) {
      throw new IllegalArgumentException("a resource's policy has a Principal; got " + statement);
    }
    List<String> resources = texts(statement.path("Resource"));
    return of(
        statement,
        Grantees.of(statement.path("Principal")),
        resources.isEmpty() ? List.of("*") : resources);
  }

  private static Statement of(JsonNode statement, Grantees who, List<String> resources) {
    String effect = statement.path("Effect").asText();
    if (!effect.equals("Allow") && !effect.equals("Deny")) {
      throw new IllegalArgumentException("a policy's Effect is Allow or Deny; got " + effect);
    }
    List<Condition> conditions = new ArrayList<>();
    for (Map.Entry<String, JsonNode> operator : statement.path("Condition").properties()) {
      operator
          .getValue()
          .properties()
          .forEach(
              key ->
                  conditions.add(
                      Condition.of(operator.getKey(), key.getKey(), texts(key.getValue()))));
    }
    return new Statement(
        effect.equals("Allow"), who, requireTexts(statement, "Action"), resources, conditions);
  }

  private static void checkElements(JsonNode statement) {
    for (String name : (Iterable<String>) statement::fieldNames) {
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException("the local cloud does not support a policy's " + name);
      }
    }
  }

  private static List<String> requireTexts(JsonNode statement, String name) {
    List<String> texts = texts(statement.path(name));
    if (texts.isEmpty()) {
      throw new IllegalArgumentException(
          "a policy's statement needs " + name + "; got " + statement);
    }
    return texts;
  }

  static List<String> texts(JsonNode oneOrMore) {
    List<String> texts = new ArrayList<>();
    for (JsonNode one : oneOrMore.isArray() ? oneOrMore : List.of(oneOrMore)) {
      if (one.asText().contains("${")) {
        throw new IllegalArgumentException(
            "the local cloud does not support the policy variable in " + one.asText());
      }
      if (one.isValueNode()) {
        texts.add(one.asText());
      }
    }
    return texts;
  }

  /** Whether it is about this at all, whatever its conditions are. */
  boolean isAbout(String action, String resource) {
    String lower = action.toLowerCase(Locale.ROOT);
    return actions.stream().anyMatch(pattern -> Glob.matches(pattern, lower))
        && resources.stream().anyMatch(pattern -> Glob.matches(pattern, resource));
  }

  Statement withResources(UnaryOperator<String> rewrite) {
    return new Statement(
        allows, who, actions, resources.stream().map(rewrite).toList(), conditions);
  }

  boolean holds(Map<String, List<String>> context) {
    for (Condition condition : conditions) {
      if (!condition.holds(context)) {
        return false;
      }
    }
    return true;
  }
}
