package agentpost.local.scenarios;

import agentpost.local.HostedFunctions;
import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import agentpost.local.egress.ApiHost;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * How each resource type of the template is made: in LocalStack by its APIs, functions with their
 * API and tables in this JVM. What no scenario looks at is not made.
 */
final class LocalStackResources {
  private static final String ACCOUNT = "us-east-1:000000000000:";

  private static final List<String> NOT_MADE =
      List.of(
          "AWS::ApiGateway::Account",
          "AWS::ApiGateway::Deployment",
          "AWS::ApiGateway::Stage",
          "AWS::CloudWatch::Alarm",
          "AWS::CloudWatch::Dashboard",
          "AWS::EventSchemas::Registry",
          "AWS::EventSchemas::Schema",
          "AWS::IAM::Policy",
          // Functions run in this JVM, where its Secrets Manager does not reach them: the scenarios
          // are not about rotation.
          "AWS::SecretsManager::RotationSchedule",
          "AWS::KMS::Alias",
          "AWS::KMS::Key",
          "AWS::Lambda::Alias",
          "AWS::Lambda::EventInvokeConfig",
          // Scenarios take what is in the queue, as the worker would.
          "AWS::Lambda::EventSourceMapping",
          "AWS::Lambda::Permission",
          "AWS::Lambda::Version",
          "AWS::Logs::QueryDefinition",
          "AWS::Logs::ResourcePolicy",
          "AWS::S3::Bucket",
          "AWS::S3::BucketPolicy",
          "AWS::SNS::Subscription",
          "AWS::SNS::Topic",
          "AWS::SNS::TopicPolicy",
          "AWS::SQS::QueuePolicy");

  private final RawAws aws;
  private final HostedFunctions hosted;
  private final String here;
  private final Map<String, Provider> providers = new HashMap<>();
  private final Deque<Runnable> undo = new ArrayDeque<>();

  /**
   * @param here how LocalStack reaches what is hosted in this JVM
   */
  LocalStackResources(RawAws aws, HostedFunctions hosted, String here) {
    this.aws = aws;
    this.hosted = hosted;
    this.here = here;
    NOT_MADE.forEach(
        type ->
            providers.put(
                type,
                (id, _) ->
                    new Made(
                        id,
                        Map.of(
                            "Arn",
                            id,
                            "Version",
                            "1",
                            "RegistryName",
                            id,
                            "TopicArn",
                            id,
                            "DomainName",
                            id))));
    providers.put(
        "AWS::IAM::Role",
        (id, _) -> new Made(id, Map.of("Arn", "arn:aws:iam::000000000000:role/" + id)));
    events();
    rules();
    stores();
    hosted();
    schedules();
    providers.put("AWS::StepFunctions::StateMachine", (_, p) -> stateMachine(p));
  }

  Map<String, Provider> all() {
    return providers;
  }

  private static ObjectNode object(String key, String value) {
    return JsonNodeFactory.instance.objectNode().put(key, value);
  }

  private void undone(String operation, ObjectNode input) {
    undo.push(() -> aws.call(operation, input));
  }

  private static Made arn(JsonNode name, JsonNode arn) {
    return new Made(name.asText(), Map.of("Arn", arn.asText()));
  }

  private void events() {
    providers.put(
        "AWS::Events::EventBus",
        (_, p) -> {
          JsonNode made = aws.call("AWSEvents.CreateEventBus", p);
          undone("AWSEvents.DeleteEventBus", object("Name", p.path("Name").asText()));
          return arn(p.path("Name"), made.path("EventBusArn"));
        });
    providers.put(
        "AWS::Events::Archive",
        (_, p) -> {
          JsonNode made =
              aws.call(
                  "AWSEvents.CreateArchive", p.put("EventSourceArn", p.path("SourceArn").asText()));
          undone("AWSEvents.DeleteArchive", object("ArchiveName", p.path("ArchiveName").asText()));
          return arn(p.path("ArchiveName"), made.path("ArchiveArn"));
        });
    providers.put(
        "AWS::Events::Connection",
        (_, p) -> {
          JsonNode made = aws.call("AWSEvents.CreateConnection", p);
          undone("AWSEvents.DeleteConnection", object("Name", p.path("Name").asText()));
          return arn(p.path("Name"), made.path("ConnectionArn"));
        });
    providers.put(
        "AWS::Events::ApiDestination",
        (_, p) -> {
          JsonNode made =
              aws.call(
                  "AWSEvents.CreateApiDestination",
                  p.put(
                      "InvocationEndpoint",
                      hosted.located(p.path("InvocationEndpoint").asText(), here)));
          undone("AWSEvents.DeleteApiDestination", object("Name", p.path("Name").asText()));
          return arn(p.path("Name"), made.path("ApiDestinationArn"));
        });
  }

  private void rules() {
    providers.put(
        "AWS::Events::Rule",
        (_, p) -> {
          // In a template the pattern is an object, in the API its text.
          JsonNode made =
              aws.call(
                  "AWSEvents.PutRule",
                  p.deepCopy()
                      .put("EventPattern", p.path("EventPattern").toString())
                      .without(List.of("Targets")));
          String bus = p.path("EventBusName").asText("default");
          undone(
              "AWSEvents.DeleteRule",
              object("Name", p.path("Name").asText()).put("EventBusName", bus));
          ObjectNode targets = object("Rule", p.path("Name").asText()).put("EventBusName", bus);
          aws.call("AWSEvents.PutTargets", targets.deepCopy().set("Targets", p.path("Targets")));
          p.path("Targets")
              .forEach(target -> targets.withArray("Ids").add(target.path("Id").asText()));
          undone("AWSEvents.RemoveTargets", targets);
          return arn(p.path("Name"), made.path("RuleArn"));
        });
  }

  private void stores() {
    providers.put(
        "AWS::SQS::Queue",
        (id, p) -> {
          String name = p.path("QueueName").asText(id);
          ObjectNode attributes = JsonNodeFactory.instance.objectNode();
          p.properties().stream()
              .filter(attribute -> !attribute.getKey().equals("QueueName"))
              .forEach(
                  attribute -> {
                    JsonNode value = attribute.getValue();
                    attributes.put(
                        attribute.getKey(),
                        value.isContainerNode() ? value.toString() : value.asText());
                  });
          String url =
              aws.call(
                      "AmazonSQS.CreateQueue",
                      object("QueueName", name).set("Attributes", attributes))
                  .path("QueueUrl")
                  .asText();
          undone("AmazonSQS.DeleteQueue", object("QueueUrl", url));
          return new Made(url, Map.of("Arn", "arn:aws:sqs:" + ACCOUNT + name, "QueueName", name));
        });
    providers.put(
        "AWS::SecretsManager::Secret",
        (id, p) -> {
          ObjectNode input =
              object("Name", p.path("Name").asText(id))
                  .put("ClientRequestToken", UUID.randomUUID().toString())
                  .put(
                      "SecretString",
                      p.hasNonNull("SecretString")
                          ? p.path("SecretString").asText()
                          : generated(p));
          String made = aws.call("secretsmanager.CreateSecret", input).path("ARN").asText();
          undone(
              "secretsmanager.DeleteSecret",
              object("SecretId", made).put("ForceDeleteWithoutRecovery", true));
          return new Made(made, Map.of());
        });
    providers.put(
        "AWS::Logs::LogGroup",
        (id, p) -> {
          String name = p.path("LogGroupName").asText(id);
          aws.call("Logs_20140328.CreateLogGroup", object("logGroupName", name));
          undone("Logs_20140328.DeleteLogGroup", object("logGroupName", name));
          return new Made(
              name, Map.of("Arn", "arn:aws:logs:" + ACCOUNT + "log-group:" + name + ":*"));
        });
  }

  private String generated(JsonNode secret) {
    JsonNode rule = secret.path("GenerateSecretString");
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    wanted
        .put("PasswordLength", rule.path("PasswordLength").asInt(32))
        .put("ExcludePunctuation", rule.path("ExcludePunctuation").asBoolean());
    String password =
        aws.call("secretsmanager.GetRandomPassword", wanted).path("RandomPassword").asText();
    return rule.hasNonNull("GenerateStringKey")
        ? object(rule.path("GenerateStringKey").asText(), password).toString()
        : password;
  }

  /** What a dynamic reference stands for. */
  String secretValue(String secret, String key) {
    String text =
        aws.call("secretsmanager.GetSecretValue", object("SecretId", secret))
            .path("SecretString")
            .asText();
    try {
      return key.isEmpty() ? text : new JsonMapper().readTree(text).path(key).asText();
    } catch (IOException e) {
      throw new IllegalStateException(
          "A dynamic reference asks for a key of a secret that is not JSON: " + secret, e);
    }
  }

  private void hosted() {
    providers.put(
        "AWS::Lambda::Function",
        (id, p) -> {
          String name = p.path("FunctionName").asText(id);
          hosted.deploy(name, p);
          return new Made(name, Map.of("Arn", "arn:aws:lambda:" + ACCOUNT + "function:" + name));
        });
    providers.put(
        "AWS::ApiGateway::RestApi",
        (id, p) -> {
          String api = ApiHost.idOf(p.path("Name").asText(), id);
          hosted.deployApi(api, p.path("Body"), p.path("Policy"));
          return new Made(api, Map.of("RestApiId", api, "RootResourceId", "root"));
        });
    providers.put(
        "AWS::DynamoDB::Table",
        (id, p) -> {
          String name = p.path("TableName").asText(id);
          hosted.createTable(p.put("TableName", name));
          return new Made(name, Map.of("Arn", "arn:aws:dynamodb:" + ACCOUNT + "table/" + name));
        });
  }

  private void schedules() {
    providers.put(
        "AWS::Scheduler::ScheduleGroup",
        (_, p) -> {
          String path = "/schedule-groups/" + p.path("Name").asText();
          aws.scheduler("POST", path, JsonNodeFactory.instance.objectNode());
          undo.push(() -> aws.scheduler("DELETE", path, JsonNodeFactory.instance.objectNode()));
          return new Made(p.path("Name").asText(), Map.of());
        });
    providers.put(
        "AWS::Scheduler::Schedule",
        (_, p) -> {
          String path = "/schedules/" + p.path("Name").asText();
          JsonNode made = aws.scheduler("POST", path, p);
          undo.push(() -> aws.scheduler("DELETE", path, JsonNodeFactory.instance.objectNode()));
          return new Made(
              p.path("Name").asText(), Map.of("Arn", made.path("ScheduleArn").asText()));
        });
  }

  private Made stateMachine(JsonNode p) {
    String definition = p.path("DefinitionString").asText();
    for (Map.Entry<String, JsonNode> substitution :
        p.path("DefinitionSubstitutions").properties()) {
      definition =
          definition.replace("${" + substitution.getKey() + "}", substitution.getValue().asText());
    }
    ObjectNode input =
        object("name", p.path("StateMachineName").asText())
            .put("roleArn", p.path("RoleArn").asText())
            .put("definition", definition);
    String arn =
        aws.call("AWSStepFunctions.CreateStateMachine", input).path("stateMachineArn").asText();
    undone("AWSStepFunctions.DeleteStateMachine", object("stateMachineArn", arn));
    return new Made(arn, Map.of("Arn", arn, "Name", p.path("StateMachineName").asText()));
  }

  /** Takes back what was made, the last first. */
  void remove() {
    undo.forEach(Runnable::run);
    undo.clear();
  }
}
