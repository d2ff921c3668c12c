package agentpost.local.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whom a statement of a resource's policy is about, by its Principal.
 *
 * @param services by name
 * @param identities ARNs of roles, and accounts by number or root ARN; {@code *} is everyone
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html">AWS
 *     JSON policy elements: Principal</a>
 */
record Grantees(Set<String> services, Set<String> identities) {
  static final String EVERYONE = "*";
  private static final String ACCOUNT = "000000000000";
  private static final Set<String> THIS_ACCOUNT =
      Set.of(ACCOUNT, "arn:aws:iam::" + ACCOUNT + ":root");

  Grantees {
    services = Set.copyOf(services);
    identities = Set.copyOf(identities);
  }

  /**
   * @throws IllegalArgumentException naming a kind of principal that is not supported
   */
  static Grantees of(JsonNode principal) {
    if (principal.isTextual()) {
      if (!principal.asText().equals(EVERYONE)) {
        throw new IllegalArgumentException(
            "a policy's Principal is *, or an object with AWS or Service; got " + principal);
      }
      return new Grantees(Set.of(), Set.of(EVERYONE));
    }
    Set<String> services = new TreeSet<>();
    Set<String> identities = new TreeSet<>();
    for (Map.Entry<String, JsonNode> kind : principal.properties()) {
      List<String> names = Statement.texts(kind.getValue());
      switch (kind.getKey()) {
        case "Service" -> services.addAll(names);
        case "AWS" -> identities.addAll(names);
        default ->
            throw new IllegalArgumentException(
                "the local cloud does not support a policy's Principal " + kind.getKey());
      }
    }
    return new Grantees(services, identities);
  }

  boolean isEveryone() {
    return identities.contains(EVERYONE);
  }

  /**
   * An account that is named is everyone in it when something is denied, and only who may hand the
   * right on when it is allowed: its roles then need a policy of their own.
   */
  boolean include(Principal who, boolean allows) {
    return isEveryone()
        || switch (who) {
          case Principal.Service(var name) -> services.contains(name);
          case Principal.Role(var arn) ->
              identities.contains(arn)
                  || (!allows && identities.stream().anyMatch(THIS_ACCOUNT::contains));
          case Principal.Anonymous _ -> false;
        };
  }
}
