package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is declared for AWS and has no effect here; of some, people are told. */
final class InertResources {
  /**
   * Declared for AWS; here nothing looks at them: nothing is deployed in versions, and nobody but
   * people gets at buckets and topics.
   */
  private static final List<String> WITHOUT_EFFECT =
      List.of(
          "AWS::ApiGateway::Account",
          "AWS::ApiGateway::Deployment",
          "AWS::ApiGateway::Stage",
          "AWS::CodeDeploy::Application",
          "AWS::CodeDeploy::DeploymentConfig",
          "AWS::CodeDeploy::DeploymentGroup",
          "AWS::EventSchemas::Schema",
          "AWS::Events::EventBusPolicy",
          "AWS::S3::BucketPolicy",
          "AWS::SNS::Subscription",
          "AWS::SNS::TopicPolicy",
          "AWS::KMS::Alias",
          "AWS::Route53::RecordSet",
          "AWS::WAFv2::WebACLAssociation");

  /** Of a network that functions call out through. They run here, and call from here. */
  private static final List<String> OF_NETWORKS =
      List.of(
          "AWS::EC2::VPC",
          "AWS::EC2::Subnet",
          "AWS::EC2::RouteTable",
          "AWS::EC2::SubnetRouteTableAssociation",
          "AWS::EC2::Route",
          "AWS::EC2::NatGateway",
          "AWS::EC2::InternetGateway",
          "AWS::EC2::VPCGatewayAttachment",
          "AWS::EC2::VPCEndpoint",
          "AWS::EC2::SecurityGroup",
          "AWS::EC2::SecurityGroupEgress",
          "AWS::EC2::FlowLog");

  /** What people would wait for in vain, so that they are told: by type, the names. */
  private final Map<String, CopyOnWriteArrayList<String>> declaredOnly =
      new ConcurrentSkipListMap<>();

  Map<String, Provider> providers() {
    Map<String, Provider> providers = new HashMap<>();
    WITHOUT_EFFECT.forEach(
        type ->
            providers.put(
                type, Provider.recreateOnChange((id, _) -> new Made(id, Map.of("Arn", id)))));
    for (String type : OF_NETWORKS) {
      providers.put(
          type,
          Provider.recreateOnChange(
              (id, _) -> {
                declare(type, id);
                return new Made(id, Map.of("GroupId", id, "VpcId", id, "SubnetId", id));
              },
              (id, _) -> undeclare(type, id)));
    }
    // A fixed address is this machine's own: from there the functions' calls come.
    providers.put(
        "AWS::EC2::EIP",
        Provider.recreateOnChange(
            (id, _) -> new Made("127.0.0.1", Map.of("AllocationId", id, "PublicIp", "127.0.0.1"))));
    addInert(
        providers,
        "AWS::CloudWatch::Alarm",
        "AlarmName",
        "cloudwatch:" + ResourceProperties.ACCOUNT + "alarm:");
    addInert(
        providers,
        "AWS::CloudWatch::Dashboard",
        "DashboardName",
        "cloudwatch::000000000000:dashboard/");
    addInert(
        providers,
        "AWS::Logs::QueryDefinition",
        "Name",
        "logs:" + ResourceProperties.ACCOUNT + "query-definition:");
    addInert(providers, "AWS::SNS::Topic", "TopicName", "sns:" + ResourceProperties.ACCOUNT);
    addInert(
        providers,
        "AWS::WAFv2::WebACL",
        "Name",
        "wafv2:" + ResourceProperties.ACCOUNT + "regional/webacl/");
    return providers;
  }

  /**
   * No alarm is evaluated here and nothing drawn, and so nothing is sent to a topic: metrics are
   * lines of a log.
   */
  private void addInert(Map<String, Provider> providers, String type, String nameKey, String arn) {
    providers.put(
        type,
        Provider.recreateOnChange(
            (id, p) -> {
              String name = p.path(nameKey).asText(id);
              declare(type, name);
              return new Made(
                  "arn:aws:" + arn + name,
                  Map.of("Arn", "arn:aws:" + arn + name, "TopicArn", "arn:aws:" + arn + name));
            },
            (_, made) -> undeclare(type, made.ref().substring(("arn:aws:" + arn).length()))));
  }

  private void declare(String type, String name) {
    declaredOnly.computeIfAbsent(type, _ -> new CopyOnWriteArrayList<>()).addIfAbsent(name);
  }

  private void undeclare(String type, String name) {
    declaredOnly.computeIfPresent(
        type, (_, names) -> names.remove(name) && names.isEmpty() ? null : names);
  }

  /** Names by type. */
  Map<String, List<String>> names() {
    return new TreeMap<>(declaredOnly);
  }
}
