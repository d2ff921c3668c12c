package agentpost.local.iam;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One statement of a policy, as a template has it when its references are resolved.
 *
 * @param actions in lower case, with wildcards
 * @param services whom a resource's policy lets in; {@code *} is everyone
 */
record Statement(
    boolean allows,
    List<String> actions,
    List<String> resources,
    List<Condition> conditions,
    List<String> services) {
  private static final Set<String> KNOWN =
      Set.of("Sid", "Effect", "Action", "Resource", "Condition", "Principal");

  Statement {
    actions = actions.stream().map(action -> action.toLowerCase(Locale.ROOT)).toList();
    resources = List.copyOf(resources);
    conditions = List.copyOf(conditions);
    services = List.copyOf(services);
  }

  /**
   * @throws IllegalArgumentException naming what of it the local cloud cannot honour
   */
  static List<Statement> ofPolicy(JsonNode document) {
    List<Statement> all = new ArrayList<>();
    JsonNode statements = document.path("Statement");
    (statements.isArray() ? statements : List.of(statements))
        .forEach(statement -> all.add(of(statement)));
    return all;
  }

  private static Statement of(JsonNode statement) {
    for (String name : (Iterable<String>) statement::fieldNames) {
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException("the local cloud does not support a policy's " + name);
      }
    }
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
        effect.equals("Allow"),
        texts(statement.path("Action")),
        texts(statement.path("Resource")),
        conditions,
        services(statement.path("Principal")));
  }

  private static List<String> services(JsonNode principal) {
    if (principal.isTextual()) {
      return List.of(principal.asText());
    }
    List<String> all = new ArrayList<>(texts(principal.path("Service")));
    // Accounts are not told apart here, and no account is a service.
    texts(principal.path("AWS")).stream().filter("*"::equals).forEach(all::add);
    return all;
  }

  private static List<String> texts(JsonNode oneOrMore) {
    List<String> texts = new ArrayList<>();
    (oneOrMore.isArray() ? oneOrMore : List.of(oneOrMore))
        .forEach(
            one -> {
              if (one.asText().contains("${")) {
                throw new IllegalArgumentException(
                    "the local cloud does not support the policy variable in " + one.asText());
              }
              if (!one.isMissingNode()) {
                texts.add(one.asText());
              }
            });
    return texts;
  }

  /** Whether it is about this at all, whatever its conditions are. */
  boolean isAbout(String action, String resource) {
    String lower = action.toLowerCase(Locale.ROOT);
    return actions.stream().anyMatch(pattern -> Glob.matches(pattern, lower))
        && resources.stream().anyMatch(pattern -> Glob.matches(pattern, resource));
  }

  boolean names(String service) {
    return services.contains("*") || services.contains(service);
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
