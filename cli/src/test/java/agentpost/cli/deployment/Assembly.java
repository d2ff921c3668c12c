package agentpost.cli.deployment;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the CDK app makes of a catalog with these agents, as far as an account is asked about it.
 */
final class Assembly {
  static final String ROOT_RESOURCES =
      "'Claims':{'Type':'AWS::DynamoDB::Table','DeletionPolicy':'RetainExceptOnCreate','Properties':{'TableName':'agentpost-claims'}},"
          + "'Health':{'Type':'AWS::DynamoDB::Table','DeletionPolicy':'RetainExceptOnCreate','Properties':{'TableName':'agentpost-health'}},"
          + "'Bucket':{'Type':'AWS::S3::Bucket','DeletionPolicy':'RetainExceptOnCreate','Properties':{'BucketName':{'Fn::Join':['',['agentpost-discarded-',{'Ref':'AWS::AccountId'},'-',{'Ref':'AWS::Region'}]]}}},"
          + "'Log':{'Type':'AWS::Logs::LogGroup','Properties':{'LogGroupName':'/aws/events/agentpost'}},"
          + "'Policy':{'Type':'AWS::Logs::ResourcePolicy','Properties':{'PolicyName':'agentpost-events'}},"
          + "'Relay':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/relay'}}";

  private final List<String> agents = new ArrayList<>();
  private String email = "";
  private String more = "";
  private String domain = "";
  private String canary = "";

  Assembly agent(String name) {
    agents.add(name);
    return this;
  }

  /** Of every agent's function. */
  Assembly writes(String from, String support) {
    email = "'EMAIL_FROM':'" + from + "','SUPPORT_EMAIL':'" + support + "'";
    return this;
  }

  /** Of every agent's function. */
  Assembly reserves(int executions) {
    more = "'ReservedConcurrentExecutions':" + executions + ",";
    return this;
  }

  /** Every agent's function is deployed by CodeDeploy. */
  Assembly canary() {
    canary =
        ",'Group':{'Type':'AWS::CodeDeploy::DeploymentGroup','Properties':{'ApplicationName':'agentpost'}}";
    return this;
  }

  /** Of the API. */
  Assembly domain(String name, String certificate) {
    domain =
        ",'Domain':{'Type':'AWS::ApiGateway::DomainName','Properties':{'DomainName':'%s','RegionalCertificateArn':'%s'}}"
            .formatted(name, certificate);
    return this;
  }

  /** An agent's stack as it is since queues are kept. */
  String nested(String agent) {
    return nested(agent, "'DeletionPolicy':'RetainExceptOnCreate','UpdateReplacePolicy':'Retain',");
  }

  String nested(String agent, String queuePolicy) {
    return ("{'Resources':{"
                + "'Queue':{'Type':'AWS::SQS::Queue',%2$s'Properties':{'QueueName':'agentpost-%1$s-dlq'}},"
                + "'Secret':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/agents/%1$s'}},"
                + "'Log':{'Type':'AWS::Logs::LogGroup','Properties':{'LogGroupName':'/aws/lambda/agentpost-%1$s'}},"
                + "'Function':{'Type':'AWS::Lambda::Function','Properties':{%4$s'FunctionName':'agentpost-%1$s','Environment':{'Variables':{%3$s}}}},"
                + "'Role':{'Type':'AWS::IAM::Role','Properties':{}},"
                + "'Destination':{'Type':'AWS::Events::ApiDestination','Properties':{'Name':'agentpost-%1$s'}},"
                + "'Rule':{'Type':'AWS::Events::Rule','Properties':{'Name':'agentpost-%1$s','EventBusName':{'Ref':'Bus'}}}"
                + "%5$s}}")
        .formatted(agent, queuePolicy, email, more, canary)
        .replace("\\'", "\\\"");
  }

  String root() {
    return "{'Resources':{"
        + ROOT_RESOURCES
        + directory()
        + domain
        + agents.stream()
            .map(
                agent ->
                    ",'%1$sStack':{'Type':'AWS::CloudFormation::Stack','Properties':{'TemplateURL':{'Fn::Join':['',['https://s3.',{'Ref':'AWS::Region'},'/%1$s0.json']]}}}"
                        .formatted(agent))
            .collect(joining())
        + "}}";
  }

  private String directory() {
    return (",'Directory':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/directory/agents',"
                + "'SecretString':{'Fn::Join':['',['{\\'api\\':\\'https://',{'Ref':'Api'},'\\',\\'entries\\':{"
            + agents.stream()
                .map(
                    agent ->
                        "\\'%1$s\\':{\\'endpoint\\':\\'/webhooks/%1$s\\',\\'rate\\':300}"
                            .formatted(agent))
                .collect(joining(","))
            + "}}']]}}}")
        .replace("\\'", "\\\"");
  }

  Path write(Path folder) throws IOException {
    write(
        folder.resolve("manifest.json"),
        "{'artifacts':{'agentpost':{'properties':{'requiresBootstrapStackVersion':6}}}}");
    write(
        folder.resolve("agentpost.assets.json"),
        "{'files':{"
            + agents.stream()
                .map(
                    agent ->
                        "'%1$s0':{'source':{'path':'%1$s.nested.template.json'}}".formatted(agent))
                .collect(joining(","))
            + "}}");
    write(folder.resolve("agentpost.template.json"), root());
    for (String agent : agents) {
      write(folder.resolve(agent + ".nested.template.json"), nested(agent));
    }
    return folder;
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text.replace('\'', '"'));
  }
}
