package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awscdk.services.wafv2.CfnWebACL;
import software.amazon.awscdk.services.wafv2.CfnWebACLAssociation;
import software.constructs.Construct;

/**
 * A web application firewall before the API. Its rules are for the door of third parties: what
 * comes to the others is EventBridge's and the relay's own, from few addresses and at any rate, and
 * a 403 there is a dead letter.
 */
final class Firewall extends Construct {
  /**
   * Requests of one address in five minutes. A provider that sends more has several addresses, and
   * comes again after a 403.
   */
  private static final int MAX_REQUESTS_IN_FIVE_MINUTES = 3000;

  /**
   * Rules that would look into bodies and count instead: bodies are signed, and verified before
   * they are read, and may say anything.
   */
  private static final List<String> OF_BODIES =
      List.of(
          "SizeRestrictions_BODY",
          "CrossSiteScripting_BODY",
          "EC2MetaDataSSRF_BODY",
          "GenericLFI_BODY",
          "GenericRFI_BODY");

  Firewall(Construct scope, ResourceNames names, Api api) {
    super(scope, "Firewall");
    CfnWebACL.StatementProperty third =
        CfnWebACL.StatementProperty.builder()
            .byteMatchStatement(
                CfnWebACL.ByteMatchStatementProperty.builder()
                    .fieldToMatch(
                        CfnWebACL.FieldToMatchProperty.builder().uriPath(Map.of()).build())
                    // Behind the stage, or by a domain without it.
                    .positionalConstraint("CONTAINS")
                    .searchString("/ingest/")
                    .textTransformations(
                        List.of(
                            CfnWebACL.TextTransformationProperty.builder()
                                .priority(0)
                                .type("NONE")
                                .build()))
                    .build())
            .build();
    CfnWebACL acl =
        CfnWebACL.Builder.create(this, "Acl")
            .name(names.prefix())
            .description("Before the doors of third parties")
            .scope("REGIONAL")
            .defaultAction(
                CfnWebACL.DefaultActionProperty.builder()
                    .allow(CfnWebACL.AllowActionProperty.builder().build())
                    .build())
            .visibilityConfig(visible(names.prefix()))
            .rules(
                Stream.of(
                        rate(0, names, third),
                        managedRule(
                            1, "AWSManagedRulesAmazonIpReputationList", names, third, List.of()),
                        managedRule(
                            2, "AWSManagedRulesKnownBadInputsRuleSet", names, third, List.of()),
                        managedRule(3, "AWSManagedRulesCommonRuleSet", names, third, OF_BODIES))
                    .toList())
            .build();
    CfnWebACLAssociation association =
        CfnWebACLAssociation.Builder.create(this, "Association")
            .resourceArn(api.stageArn())
            .webAclArn(acl.getAttrArn())
            .build();
    association.addResourceDependency(api.dependency());
  }

  private static CfnWebACL.RuleProperty rate(
      int priority, ResourceNames names, CfnWebACL.StatementProperty third) {
    return CfnWebACL.RuleProperty.builder()
        .name("rate")
        .priority(priority)
        .action(
            CfnWebACL.RuleActionProperty.builder()
                .block(CfnWebACL.BlockActionProperty.builder().build())
                .build())
        .statement(
            CfnWebACL.StatementProperty.builder()
                .rateBasedStatement(
                    CfnWebACL.RateBasedStatementProperty.builder()
                        .aggregateKeyType("IP")
                        .limit(MAX_REQUESTS_IN_FIVE_MINUTES)
                        .scopeDownStatement(third)
                        .build())
                .build())
        .visibilityConfig(visible(names.part("rate")))
        .build();
  }

  private static CfnWebACL.RuleProperty managedRule(
      int priority,
      String group,
      ResourceNames names,
      CfnWebACL.StatementProperty third,
      List<String> counted) {
    return CfnWebACL.RuleProperty.builder()
        .name(group)
        .priority(priority)
        .overrideAction(CfnWebACL.OverrideActionProperty.builder().none(Map.of()).build())
        .statement(
            CfnWebACL.StatementProperty.builder()
                .managedRuleGroupStatement(
                    CfnWebACL.ManagedRuleGroupStatementProperty.builder()
                        .vendorName("AWS")
                        .name(group)
                        .scopeDownStatement(third)
                        .ruleActionOverrides(
                            counted.stream()
                                .map(
                                    rule ->
                                        CfnWebACL.RuleActionOverrideProperty.builder()
                                            .name(rule)
                                            .actionToUse(
                                                CfnWebACL.RuleActionProperty.builder()
                                                    .count(
                                                        CfnWebACL.CountActionProperty.builder()
                                                            .build())
                                                    .build())
                                            .build())
                                .toList())
                        .build())
                .build())
        .visibilityConfig(visible(names.part(group)))
        .build();
  }

  private static CfnWebACL.VisibilityConfigProperty visible(String metric) {
    return CfnWebACL.VisibilityConfigProperty.builder()
        .cloudWatchMetricsEnabled(true)
        .sampledRequestsEnabled(true)
        .metricName(metric)
        .build();
  }
}
