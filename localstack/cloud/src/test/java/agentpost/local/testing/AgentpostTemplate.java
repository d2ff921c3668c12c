package agentpost.local.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A template with what the CDK app's has, by hand and without its nested stacks: the relay, the
 * tables, and agents as they are added.
 */
public final class AgentpostTemplate {
  private static final String URL =
      "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod";
  private final ObjectNode template = JsonNodeFactory.instance.objectNode();
  private final ObjectNode resources = template.putObject("Resources");
  private final Map<String, String> agents = new TreeMap<>();
  private final Map<String, String> sources = new TreeMap<>();
  private final ObjectNode paths = JsonNodeFactory.instance.objectNode();

  public AgentpostTemplate() {
    resource("Bus", "AWS::Events::EventBus").put("Name", "agentpost");
    resource("Group", "AWS::Scheduler::ScheduleGroup").put("Name", "agentpost");
    table("Claims", "agentpost-claims", "event_id");
    table("AgentState", "agentpost-agent-state", "key");
    table("Health", "agentpost-health");
    secret("Key", "agentpost/relay");
    ObjectNode connection =
        resource("Connection", "AWS::Events::Connection")
            .put("Name", "agentpost")
            .put("AuthorizationType", "API_KEY");
    ObjectNode auth =
        connection
            .putObject("AuthParameters")
            .putObject("ApiKeyAuthParameters")
            .put("ApiKeyName", "X-Agentpost-Relay-Key");
    auth.putObject("ApiKeyValue")
        .put("Fn::Sub", "{{resolve:secretsmanager:${Key}:SecretString:current::}}");
    function("agentpost-relay", "agentpost.delivery.RelayHandler", 10, "/deliveries/{agent}")
        .put("RELAY_KEY_SECRET", "agentpost/relay")
        .put("AGENT_SECRET_PREFIX", "agentpost/agents/")
        .put("AGENT_DIRECTORY", "agentpost/directory/agents")
        .put("HEALTH_TABLE", "agentpost-health")
        .put("BUS_NAME", "agentpost");
    ObjectNode body =
        resource("Api", "AWS::ApiGateway::RestApi")
            .put("Name", "agentpost")
            .putObject("Body")
            .put("openapi", "3.0.1");
    body.set("paths", paths);
    template.putObject("Outputs").putObject("ApiUrl").putObject("Value").put("Fn::Sub", URL);
  }

  ObjectNode resource(String id, String type) {
    return resources.putObject(id).put("Type", type).putObject("Properties");
  }

  private void table(String id, String name, String... sortKey) {
    ObjectNode table =
        resource(id, "AWS::DynamoDB::Table")
            .put("TableName", name)
            .put("BillingMode", "PAY_PER_REQUEST");
    for (String column : Stream.concat(Stream.of("agent"), Stream.of(sortKey)).toList()) {
      table
          .withArray("AttributeDefinitions")
          .addObject()
          .put("AttributeName", column)
          .put("AttributeType", "S");
      table
          .withArray("KeySchema")
          .addObject()
          .put("AttributeName", column)
          .put("KeyType", column.equals("agent") ? "HASH" : "RANGE");
    }
  }

  /** A secret that is generated, whose rotations overlap for an hour. */
  void secret(String id, String name) {
    ObjectNode secret = resource(id, "AWS::SecretsManager::Secret").put("Name", name);
    secret
        .putObject("GenerateSecretString")
        .put("SecretStringTemplate", "{}")
        .put("GenerateStringKey", "current")
        .put("PasswordLength", 64)
        .put("ExcludePunctuation", true);
    secret.putArray("Tags").addObject().put("Key", "agentpost:overlap").put("Value", "3600");
  }

  /**
   * An agent whose deliveries are to be signed with Ed25519: what its directory entry, its secret's
   * tag and its function say of it.
   */
  public AgentpostTemplate pair(String name) {
    String id = name.replace("-", "");
    ((ObjectNode) resources.at("/Secret" + id + "/Properties"))
        .withArray("Tags")
        .addObject()
        .put("Key", "agentpost:signature")
        .put("Value", "ed25519");
    ((ObjectNode) resources.at("/Functionagentpost" + id + "/Properties/Environment/Variables"))
        .put("SIGNATURE", "ed25519");
    return settings(name, "\"signature\":\"ed25519\"", 185);
  }

  /** Rotation, and the public keys. */
  public AgentpostTemplate secrets() {
    function("agentpost-rotation", "agentpost.rotation.RotationHandler", 60, "/rotation")
        .put("RELAY_KEY_SECRET", "agentpost/relay")
        .put("CONNECTION_NAME", "agentpost");
    function("agentpost-keys", "agentpost.keys.KeysHandler", 25, "/keys")
        .put("AGENT_DIRECTORY", "agentpost/directory/agents")
        .put("AGENT_SECRET_PREFIX", "agentpost/agents/");
    paths
        .putObject("/.well-known/agentpost-keys.json")
        .set("get", paths.path("/keys").path("post"));
    return this;
  }

  /** The API by a name of its own. */
  public AgentpostTemplate domain(String name) {
    resource("Domain", "AWS::ApiGateway::DomainName")
        .put("DomainName", name)
        .put("RegionalCertificateArn", "arn:aws:acm:us-east-1:000000000000:certificate/any");
    ObjectNode mapping = resource("Mapping", "AWS::ApiGateway::BasePathMapping");
    mapping.putObject("DomainName").put("Ref", "Domain");
    mapping.putObject("RestApiId").put("Ref", "Api");
    mapping.put("Stage", "prod");
    template.withObject("/Outputs/ApiUrl/Value").put("Fn::Sub", "https://${Domain}");
    return this;
  }

  /** The relay's own door, and the way from it to the hosted agents that there are by now. */
  public AgentpostTemplate relayUrl() {
    ((ObjectNode) resources.at("/Functionagentpostrelay/Properties/Environment/Variables"))
        .put("FUNCTION_PREFIX", "agentpost-");
    ObjectNode url =
        resource("RelayUrl", "AWS::Lambda::Url").put("AuthType", "NONE").put("Qualifier", "live");
    url.putObject("TargetFunctionArn")
        .putArray("Fn::GetAtt")
        .add("Functionagentpostrelay")
        .add("Arn");
    agents
        .keySet()
        .forEach(
            name ->
                resources
                    .withObject("/Destination" + name.replace("-", "") + "/Properties")
                    .putObject("InvocationEndpoint")
                    .put("Fn::Sub", "${RelayUrl.FunctionUrl}deliveries/" + name));
    return this;
  }

  /** Long work, and who does it. */
  public AgentpostTemplate operations() {
    OperationsTemplate.into(this);
    return this;
  }

  /** A function behind a route; its environment, to fill. */
  public ObjectNode function(String name, String handler, int seconds, String path) {
    String id = "Function" + name.replaceAll("[^A-Za-z0-9]", "");
    resource("Log" + id, "AWS::Logs::LogGroup").put("LogGroupName", "/aws/lambda/" + name);
    ObjectNode function =
        resource(id, "AWS::Lambda::Function")
            .put("FunctionName", name)
            .put("Handler", handler)
            .put("Timeout", seconds);
    ObjectNode integration =
        paths
            .putObject(path)
            .putObject("post")
            .putObject("x-amazon-apigateway-integration")
            .put("type", "aws_proxy");
    integration
        .putObject("uri")
        .put(
            "Fn::Sub",
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
                + name
                + ":live/invocations");
    return function.putObject("Environment").putObject("Variables");
  }

  /** All of one hosted agent; its function's environment, to fill further. */
  public ObjectNode agent(String name, String handler, String pattern) {
    agentAt(name, URL + "/webhooks/" + name, "", pattern);
    return function("agentpost-" + name, handler, 15, "/webhooks/" + name)
        .put("AGENT", name)
        .put("WEBHOOK_SECRET", "agentpost/agents/" + name)
        .put("BUS_NAME", "agentpost")
        .put("CLAIMS_TABLE", "agentpost-claims");
  }

  /** All of one external agent, which is asked first. */
  public AgentpostTemplate external(String name, String url, String pattern) {
    return external(name, url, "\"challenge\":true", pattern);
  }

  /**
   * All of one external agent.
   *
   * @param external JSON without its braces
   */
  public AgentpostTemplate external(String name, String url, String external, String pattern) {
    agentAt(name, url, ",\"external\":{" + external + "}", pattern);
    return this;
  }

  private void agentAt(String name, String endpoint, String settings, String pattern) {
    String id = name.replace("-", "");
    secret("Secret" + id, "agentpost/agents/" + name);
    agents.put(name, "{\"endpoint\":\"" + endpoint + "\"" + settings + "}");
    directory("agents", agents);
    resource("Letters" + id, "AWS::SQS::Queue")
        .put("QueueName", "agentpost-" + name + "-dlq")
        .put("MessageRetentionPeriod", 1_209_600);
    ObjectNode destination =
        resource("Destination" + id, "AWS::Events::ApiDestination")
            .put("Name", "agentpost-" + name)
            .put("HttpMethod", "POST");
    destination.putObject("ConnectionArn").putArray("Fn::GetAtt").add("Connection").add("Arn");
    destination.putObject("InvocationEndpoint").put("Fn::Sub", URL + "/deliveries/" + name);
    ObjectNode rule = resource("Rule" + id, "AWS::Events::Rule").put("Name", "agentpost-" + name);
    rule.putObject("EventBusName").put("Ref", "Bus");
    rule.putRawValue("EventPattern", new RawValue(pattern));
    ObjectNode target =
        rule.putArray("Targets")
            .addObject()
            .put("Id", "webhook")
            .put("InputPath", "$.detail")
            .put("RoleArn", "arn:aws:iam::000000000000:role/r");
    target.putObject("Arn").putArray("Fn::GetAtt").add("Destination" + id).add("Arn");
    target
        .putObject("DeadLetterConfig")
        .putObject("Arn")
        .putArray("Fn::GetAtt")
        .add("Letters" + id)
        .add("Arn");
    target
        .putObject("RetryPolicy")
        .put("MaximumRetryAttempts", 185)
        .put("MaximumEventAgeInSeconds", 86_400);
  }

  /** What functions are told, where {@code ${Api}} may stand in. */
  private void directory(String whose, Map<String, String> entries) {
    resource("Directory" + whose, "AWS::SecretsManager::Secret")
        .put("Name", "agentpost/directory/" + whose)
        .putObject("SecretString")
        .put(
            "Fn::Sub",
            entries.entrySet().stream()
                .map(entry -> '"' + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{\"entries\":{", "}}")));
  }

  /** The log of every event. */
  public AgentpostTemplate log() {
    resource("EventLog", "AWS::Logs::LogGroup").put("LogGroupName", "/aws/events/agentpost");
    ObjectNode rule = resource("LogRule", "AWS::Events::Rule").put("Name", "agentpost-log");
    rule.putObject("EventBusName").put("Ref", "Bus");
    rule.putRawValue("EventPattern", new RawValue("{\"source\":[{\"prefix\":\"\"}]}"));
    rule.putArray("Targets")
        .addObject()
        .put("Id", "log")
        .put("Arn", "arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/agentpost");
    return this;
  }

  /**
   * What the door for third parties knows of a source: its secret, which nobody knows, and how it
   * is described, with single quotes for double.
   */
  public AgentpostTemplate source(String name, String description) {
    secret("SourceSecret" + name, "agentpost/sources/" + name);
    sources.put(name, description.replace('\'', '"'));
    directory("sources", sources);
    return this;
  }

  /**
   * What else an agent's directory entry has, and how often EventBridge tries again.
   *
   * @param settings JSON without its braces
   */
  public AgentpostTemplate settings(String name, String settings, int retries) {
    String id = name.replace("-", "");
    agents.computeIfPresent(name, (_, entry) -> entry.replaceFirst("}$", ",") + settings + "}");
    directory("agents", agents);
    ((ObjectNode) resources.at("/Rule" + id + "/Properties/Targets/0/RetryPolicy"))
        .put("MaximumRetryAttempts", retries);
    return this;
  }

  /**
   * The way of the account's own alarms: a rule on the default bus, a queue, and the function that
   * makes alerts of what is in it.
   */
  public AgentpostTemplate alerts() {
    function("agentpost-alerts", "agentpost.alert.AlertsHandler", 15, "/alerts")
        .put("BUS_NAME", "agentpost");
    resource("AlertsQueue", "AWS::SQS::Queue")
        .put("QueueName", "agentpost-alerts")
        .put("VisibilityTimeout", 5);
    ObjectNode mapping =
        resource("AlertsSource", "AWS::Lambda::EventSourceMapping").put("BatchSize", 10);
    mapping.putObject("EventSourceArn").putArray("Fn::GetAtt").add("AlertsQueue").add("Arn");
    mapping.putObject("FunctionName").put("Fn::Sub", "${Functionagentpostalerts.Arn}:live");
    mapping.putArray("FunctionResponseTypes").add("ReportBatchItemFailures");
    ObjectNode rule =
        resource("AlertsRule", "AWS::Events::Rule").put("Name", "agentpost-alerts-cloudwatch");
    rule.putObject("EventPattern").putArray("source").add("aws.cloudwatch").add("aws.guardduty");
    rule.putArray("Targets")
        .addObject()
        .put("Id", "queue")
        .putObject("Arn")
        .putArray("Fn::GetAtt")
        .add("AlertsQueue")
        .add("Arn");
    return this;
  }

  /** The function that recovers dead letters, every minute. */
  public AgentpostTemplate recovery() {
    function("agentpost-recovery", "agentpost.deadletter.RecoveryHandler", 50, "/recovery")
        .put("DEAD_LETTER_QUEUE_PREFIX", "agentpost-")
        .put("AGENT_SECRET_PREFIX", "agentpost/agents/")
        .put("AGENT_DIRECTORY", "agentpost/directory/agents")
        .put("HEALTH_TABLE", "agentpost-health")
        .put("BUS_NAME", "agentpost");
    ObjectNode schedule =
        resource("EveryMinute", "AWS::Scheduler::Schedule")
            .put("Name", "agentpost-recovery")
            .put("ScheduleExpression", "rate(1 minute)");
    schedule.putObject("FlexibleTimeWindow").put("Mode", "OFF");
    ObjectNode target =
        schedule
            .putObject("Target")
            .put("RoleArn", "arn:aws:iam::000000000000:role/r")
            .put("Input", "{}");
    target.putObject("Arn").put("Fn::Sub", "${Functionagentpostrecovery.Arn}:live");
    return this;
  }

  /** The function that redrives when it is asked. */
  public AgentpostTemplate redrive() {
    function("agentpost-redrive", "agentpost.deadletter.RedriveHandler", 60, "/redrive")
        .put("DEAD_LETTER_QUEUE_PREFIX", "agentpost-")
        .put("AGENT_SECRET_PREFIX", "agentpost/agents/")
        .put("AGENT_DIRECTORY", "agentpost/directory/agents")
        .put("HEALTH_TABLE", "agentpost-health");
    return this;
  }

  /**
   * Whom the API lets in.
   *
   * @param policy a resource policy, with single quotes for double
   */
  public AgentpostTemplate policy(String policy) {
    ObjectNode api = resources.withObject("/Api/Properties");
    api.putRawValue("Policy", new RawValue(policy.replace('\'', '"')));
    ObjectNode denied =
        ((ObjectNode) api.path("Body"))
            .withObject("/x-amazon-apigateway-gateway-responses")
            .putObject("ACCESS_DENIED")
            .put("statusCode", "403");
    denied.putObject("responseTemplates").put("application/json", "{\"message\":\"Forbidden\"}");
    return this;
  }

  @Override
  public String toString() {
    return template.toString();
  }
}
