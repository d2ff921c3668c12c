package agentpost.infra;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.CfnResource;
import software.constructs.IConstruct;

/** Why a finding of cdk-nag's AWS Solutions pack is accepted, in the metadata where cdk-nag looks for it. */
final class Explained {
  private Explained() {}

  /** @param findings rule id and reason, one after the other */
  static void on(IConstruct construct, String... findings) {
    CfnResource resource = (CfnResource) (construct instanceof CfnResource ? construct : construct.getNode().getDefaultChild());
    List<Map<String, String>> rules = new ArrayList<>();
    for (int i = 0; i < findings.length; i += 2) {
      Map<String, String> rule = new LinkedHashMap<>();
      rule.put("id", findings[i]);
      rule.put("reason", findings[i + 1]);
      rules.add(rule);
    }
    resource.addMetadata("cdk_nag", Map.of("rules_to_suppress", rules));
  }
}
