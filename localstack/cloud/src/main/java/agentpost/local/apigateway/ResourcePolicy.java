package agentpost.local.apigateway;

import agentpost.local.policy.ActionRequest;
import agentpost.local.policy.Decision;
import agentpost.local.policy.Policy;
import agentpost.local.policy.Principal;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A REST API's resource policy, for calls that are not signed: what is not allowed is denied. An
 * API without one lets everyone in.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html">Resource
 *     policies</a>
 */
record ResourcePolicy(Optional<Policy> policy) {
  static final ResourcePolicy NONE = new ResourcePolicy(Optional.empty());
  private static final String HERE = "execute-api:/";
  private static final String SOURCE_IP = "aws:sourceip";

  /** What is known of a call. */
  private static final Set<String> KEYS = Set.of(SOURCE_IP, "aws:securetransport");

  /** Of an ARN, what stands before the stage: any API of the account is this one. */
  private static final Pattern ARN =
      Pattern.compile("^arn:[^:]*:execute-api:[^:]*:[^:]*:[^/]*/|^execute-api:/");

  /**
   * @throws IllegalArgumentException naming what the local cloud does not enforce
   */
  static ResourcePolicy of(JsonNode document) {
    if (document.isMissingNode() || document.isEmpty()) {
      return NONE;
    }
    Policy policy = Policy.ofResource(document).withResources(ResourcePolicy::withoutApi);
    if (!policy.isForEveryone()) {
      throw new IllegalArgumentException(
          "of resource policies the local cloud enforces Principal * only; got " + document);
    }
    Set<String> unknown = new TreeSet<>(policy.conditionKeys());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "of resource policies the local cloud does not enforce " + String.join(", ", unknown));
    }
    return new ResourcePolicy(Optional.of(policy));
  }

  /**
   * Whether a call comes in.
   *
   * @param resource stage, method and path as they were written, such as {@code
   *     prod/POST/webhooks/crm}
   */
  boolean lets(String resource, String sourceIp) {
    ActionRequest call =
        new ActionRequest(
            "execute-api:Invoke", HERE + resource, Map.of(SOURCE_IP, List.of(sourceIp)));
    return policy
        .map(held -> held.decide(new Principal.Anonymous(), call) == Decision.ALLOWED)
        .orElse(true);
  }

  private static String withoutApi(String resource) {
    if (!resource.equals("*") && !ARN.matcher(resource).find()) {
      throw new IllegalArgumentException(
          "a resource of a resource policy is like execute-api:/stage/METHOD/path; got "
              + resource);
    }
    return ARN.matcher(resource).replaceFirst(HERE);
  }
}
