package agentpost.infra;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.services.iam.Role;
import software.constructs.IConstruct;

/**
 * Why a finding of cdk-nag's AWS Solutions pack is accepted, in the metadata where cdk-nag looks
 * for it.
 */
final class NagSuppressions {
  private static final String METADATA = "cdk_nag";
  private static final String RULES = "rules_to_suppress";

  private NagSuppressions() {}

  static void suppress(IConstruct construct, String rule, String reason) {
    CfnResource resource =
        (CfnResource)
            (construct instanceof CfnResource ? construct : construct.getNode().getDefaultChild());
    add(resource, explanation(rule, reason));
  }

  /**
   * @param resources a regular expression: which resources with a star in their names a role's
   *     policy may have
   */
  static void wildcard(Role role, String resources, String reason) {
    CfnResource policy =
        (CfnResource) role.getNode().findChild("DefaultPolicy").getNode().getDefaultChild();
    Map<String, Object> explanation = explanation("AwsSolutions-IAM5", reason);
    explanation.put("applies_to", List.of(Map.of("regex", "/^Resource::" + resources + "$/")));
    add(policy, explanation);
  }

  private static Map<String, Object> explanation(String rule, String reason) {
    Map<String, Object> explanation = new LinkedHashMap<>();
    explanation.put("id", rule);
    explanation.put("reason", reason);
    return explanation;
  }

  private static void add(CfnResource resource, Map<String, Object> explanation) {
    List<Object> all = new ArrayList<>();
    if (resource.getMetadata(METADATA) instanceof Map<?, ?> known
        && known.get(RULES) instanceof List<?> rules) {
      all.addAll(rules);
    }
    all.add(explanation);
    resource.addMetadata(METADATA, Map.of(RULES, all));
  }
}
