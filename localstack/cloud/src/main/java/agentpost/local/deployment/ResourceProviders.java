package agentpost.local.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.apigateway.RestApiService;
import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import agentpost.local.egress.ApiHost;
import agentpost.local.lambda.AsyncInvocations;
import agentpost.local.lambda.EventSourceMappings;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.lambda.FunctionUrls;
import agentpost.local.logs.LogsService;
import agentpost.local.s3.S3Service;
import agentpost.local.scheduler.Scheduler;
import agentpost.local.secrets.SecretsManager;
import agentpost.local.sqs.SqsService;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** How each resource type of the template is made; a type that is not here is an error. */
public final class ResourceProviders {
  private static final String ACCOUNT = "us-east-1:000000000000:";

  /**
   * Declared for AWS; here nothing looks at them: nothing is deployed in versions, and nobody but
   * people gets at buckets and topics.
   */
  private static final List<String> WITHOUT_EFFECT =
      List.of(
          "AWS::ApiGateway::Account",
          "AWS::ApiGateway::Deployment",
          "AWS::ApiGateway::Stage",
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

  /** Of a bucket: they keep strangers out and old objects away, and here is neither. */
  private static final Set<String> OF_BUCKETS =
      Set.of(
          "BucketName",
          "BucketEncryption",
          "LifecycleConfiguration",
          "OwnershipControls",
          "PublicAccessBlockConfiguration",
          "Tags",
          "VersioningConfiguration");

  /** What resources are made at. */
  public record Services(
      JsonService events,
      SecretsManager secrets,
      JsonService parameters,
      LogsService logs,
      SqsService queues,
      S3Service buckets,
      FunctionHost functions,
      AsyncInvocations invocations,
      FunctionUrls urls,
      EventSourceMappings sources,
      Scheduler scheduler,
      RestApiService apis,
      Tables tables,
      Supplier<Path> cdkOut) {}

  /** DynamoDB's. */
  public interface Tables {
    void create(ObjectNode table);

    void delete(String name);
  }

  /** What people would wait for in vain, so that they are told: by type, the names. */
  private final Map<String, CopyOnWriteArrayList<String>> declaredOnly =
      new ConcurrentSkipListMap<>();

  private final Map<String, Provider> providers = new HashMap<>();
  private final JsonService events;
  private final Services services;
  private final String address;

  public ResourceProviders(Services services, String address) {
    this.events = services.events();
    this.services = services;
    this.address = address;
    WITHOUT_EFFECT.forEach(
        type ->
            providers.put(
                type, Provider.recreateOnChange((id, _) -> new Made(id, Map.of("Arn", id)))));
    providers.put(
        "AWS::Lambda::Version",
        Provider.recreateOnChange((id, _) -> new Made(id, Map.of("Version", "1"))));
    providers.put(
        "AWS::EventSchemas::Registry",
        Provider.recreateOnChange(
            (id, p) -> new Made(id, Map.of("RegistryName", p.path("RegistryName").asText()))));
    providers.put(
        "AWS::Scheduler::ScheduleGroup",
        Provider.recreateOnChange(
            (id, p) -> {
              String name = p.path("Name").asText(id);
              services.scheduler().addGroup(name);
              return new Made(name, Map.of());
            },
            (_, group) -> services.scheduler().removeGroup(group.ref())));
    providers.put(
        "AWS::Logs::LogGroup",
        Provider.recreateOnChange(
            (id, p) -> {
              String name = p.path("LogGroupName").asText(id);
              services.logs().create(name);
              return new Made(
                  name, Map.of("Arn", "arn:aws:logs:" + ACCOUNT + "log-group:" + name + ":*"));
            },
            (_, group) -> services.logs().remove(group.ref())));
    providers.put(
        "AWS::KMS::Key",
        Provider.recreateOnChange(
            (id, _) -> {
              String key = UUID.nameUUIDFromBytes(id.getBytes(UTF_8)).toString();
              return new Made(
                  key, Map.of("KeyId", key, "Arn", "arn:aws:kms:" + ACCOUNT + "key/" + key));
            }));
    providers.put("AWS::SecretsManager::Secret", new SecretProvider(services.secrets()));
    providers.put(
        "AWS::SecretsManager::RotationSchedule",
        Provider.recreateOnChange(
            (_, p) -> {
              services.secrets().schedule(p);
              return new Made(p.path("SecretId").asText(), Map.of());
            },
            (_, schedule) -> services.secrets().unschedule(schedule.ref())));
    providers.put(
        "AWS::SSM::Parameter",
        Provider.recreateOnChange(
            (id, p) -> {
              String name = p.path("Name").asText(id);
              // Tags are for people, and for bills.
              services
                  .parameters()
                  .call(
                      "PutParameter",
                      p.deepCopy()
                          .<ObjectNode>without("Tags")
                          .put("Name", name)
                          .put("Overwrite", true));
              return new Made(name, Map.of());
            },
            (_, parameter) ->
                services
                    .parameters()
                    .call(
                        "DeleteParameter",
                        JsonNodeFactory.instance.objectNode().put("Name", parameter.ref()))));
    providers.put(
        "AWS::DynamoDB::Table",
        Provider.fixed(
            (id, p) -> {
              refuse(p, "LocalSecondaryIndexes", "StreamSpecification");
              String name = p.path("TableName").asText(id);
              services.tables().create(p.put("TableName", name));
              return new Made(name, Map.of("Arn", "arn:aws:dynamodb:" + ACCOUNT + "table/" + name));
            },
            (_, table) -> services.tables().delete(table.ref())));
    providers.put(
        "AWS::ApiGateway::RestApi",
        Provider.recreateOnChange(
            (id, p) -> {
              // Another stage's has the same logical id.
              String api = "api" + Integer.toHexString((p.path("Name").asText() + id).hashCode());
              services.apis().deploy(api, p.path("Body"), p.path("Policy"));
              return new Made(api, Map.of("RestApiId", api, "RootResourceId", "root"));
            }));
    domains();
    events();
    queues();
    queuePolicies();
    buckets();
    functions();
    addInert("AWS::CloudWatch::Alarm", "AlarmName", "cloudwatch:" + ACCOUNT + "alarm:");
    addInert("AWS::SNS::Topic", "TopicName", "sns:" + ACCOUNT);
    addInert("AWS::WAFv2::WebACL", "Name", "wafv2:" + ACCOUNT + "regional/webacl/");
    network();
  }

  /** Nobody's DNS leads here, so a domain has another name: one that functions are led by. */
  private void domains() {
    providers.put(
        "AWS::ApiGateway::DomainName",
        Provider.recreateOnChange(
            (id, p) -> {
              String host = ApiHost.of(p.path("DomainName").asText(id).replaceAll("[^a-z0-9]", ""));
              return new Made(
                  host, Map.of("RegionalDomainName", host, "RegionalHostedZoneId", "local"));
            }));
    providers.put(
        "AWS::ApiGateway::BasePathMapping",
        Provider.recreateOnChange(
            (id, p) -> {
              refuse(p, "BasePath");
              services
                  .apis()
                  .map(
                      ApiHost.apiOf(p.path("DomainName").asText()).orElseThrow(),
                      p.path("RestApiId").asText(),
                      p.path("Stage").asText());
              return new Made(id, Map.of());
            }));
  }

  /** No alarm is evaluated here, and so nothing is sent to a topic: metrics are lines of a log. */
  private void addInert(String type, String nameKey, String arn) {
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

  /** A fixed address is this machine's own: from there the functions' calls come. */
  private void network() {
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
    providers.put(
        "AWS::EC2::EIP",
        Provider.recreateOnChange(
            (id, _) -> new Made("127.0.0.1", Map.of("AllocationId", id, "PublicIp", "127.0.0.1"))));
  }

  public Map<String, List<String>> inertResources() {
    return new TreeMap<>(declaredOnly);
  }

  private void buckets() {
    providers.put(
        "AWS::S3::Bucket",
        Provider.fixed(
            (id, p) -> {
              p.fieldNames()
                  .forEachRemaining(name -> refuse(p, OF_BUCKETS.contains(name) ? "" : name));
              String name = p.path("BucketName").asText(id.toLowerCase(Locale.ROOT));
              services.buckets().make(name);
              return new Made(
                  name,
                  Map.of("Arn", "arn:aws:s3:::" + name, "DomainName", name + ".s3.amazonaws.com"));
            },
            (_, bucket) -> services.buckets().remove(bucket.ref())));
  }

  private void queues() {
    providers.put("AWS::SQS::Queue", new QueueProvider(services.queues(), address));
  }

  private void queuePolicies() {
    providers.put(
        "AWS::SQS::QueuePolicy",
        Provider.recreateOnChange(
            (id, p) -> {
              for (JsonNode queue : p.path("Queues")) {
                ObjectNode input =
                    JsonNodeFactory.instance.objectNode().put("QueueUrl", queue.asText());
                input.putObject("Attributes").put("Policy", p.path("PolicyDocument").toString());
                services.queues().call("SetQueueAttributes", input);
              }
              return new Made(id, Map.of("Id", id));
            }));
  }

  private void functions() {
    providers.put(
        "AWS::Lambda::Function", new FunctionProvider(services.functions(), services.cdkOut()));
    providers.put(
        "AWS::Lambda::Alias",
        Provider.recreateOnChange(
            (_, p) -> {
              String function =
                  p.path("FunctionName")
                      .asText()
                      .replaceFirst("^.*:function:", "")
                      .replaceFirst(":.*", "");
              services.functions().alias(function, p.path("Name").asText());
              String arn =
                  "arn:aws:lambda:"
                      + ACCOUNT
                      + "function:"
                      + function
                      + ":"
                      + p.path("Name").asText();
              return new Made(arn, Map.of("Arn", arn, "AliasArn", arn));
            },
            (_, alias) -> {
              String[] parts = alias.ref().split(":", -1);
              services.functions().removeAlias(parts[parts.length - 2], parts[parts.length - 1]);
            }));
    providers.put(
        "AWS::Lambda::EventInvokeConfig", new EventInvokeConfigProvider(services.invocations()));
    providers.put("AWS::Lambda::Url", new FunctionUrlProvider(services.urls()));
    providers.put(
        "AWS::Lambda::EventSourceMapping", new EventSourceProvider(services.sources(), address));
    providers.put(
        "AWS::Scheduler::Schedule",
        Provider.recreateOnChange(
            (id, p) -> {
              String arn =
                  services
                      .scheduler()
                      .put(
                          withSeconds(
                              p.deepCopy().put("Name", p.path("Name").asText(id)),
                              "StartDate",
                              "EndDate"))
                      .path("ScheduleArn")
                      .asText();
              return new Made(p.path("Name").asText(id), Map.of("Arn", arn));
            },
            (_, schedule) ->
                services.scheduler().remove(schedule.attributes().getOrDefault("Arn", ""))));
  }

  private void events() {
    providers.put(
        "AWS::Events::EventBus",
        Provider.fixed(
            (_, p) -> arn(p.path("Name"), events.call("CreateEventBus", p).path("EventBusArn")),
            delete("DeleteEventBus", "Name")));
    providers.put(
        "AWS::Events::Archive",
        Provider.fixed(
            (_, p) ->
                arn(
                    p.path("ArchiveName"),
                    events
                        .call(
                            "CreateArchive",
                            withPatternAsText(p.deepCopy().<ObjectNode>without("SourceArn"))
                                .put("EventSourceArn", p.path("SourceArn").asText()))
                        .path("ArchiveArn")),
            delete("DeleteArchive", "ArchiveName")));
    providers.put(
        "AWS::Events::Connection",
        Provider.fixed(
            (_, p) -> arn(p.path("Name"), events.call("CreateConnection", p).path("ConnectionArn")),
            delete("DeleteConnection", "Name")));
    providers.put("AWS::Events::ApiDestination", new ApiDestinationProvider(events));
    providers.put("AWS::Events::Rule", new RuleProvider(events));
  }

  private BiConsumer<String, Made> delete(String operation, String member) {
    return (_, made) ->
        events.call(operation, JsonNodeFactory.instance.objectNode().put(member, made.ref()));
  }

  /** In a template the pattern is an object, in the API its text. */
  static ObjectNode withPatternAsText(ObjectNode properties) {
    return properties.path("EventPattern").isObject()
        ? properties.deepCopy().put("EventPattern", properties.path("EventPattern").toString())
        : properties;
  }

  /** In a template a time is a text, in the API a number. */
  private static ObjectNode withSeconds(ObjectNode properties, String... names) {
    for (String name : names) {
      if (properties.path(name).isTextual()) {
        properties.put(name, Instant.parse(properties.path(name).asText()).getEpochSecond());
      }
    }
    return properties;
  }

  /** What a resource says and nothing here would do must not be passed over. */
  static void refuse(ObjectNode properties, String... names) {
    for (String name : names) {
      if (properties.hasNonNull(name) && !properties.path(name).asText().equals("false")) {
        throw new IllegalArgumentException("the local cloud does not support its " + name);
      }
    }
  }

  /** Of a function that is named by its name or its ARN. */
  static String functionArn(String function) {
    return function.startsWith("arn:")
        ? function
        : "arn:aws:lambda:" + ACCOUNT + "function:" + function;
  }

  static Made arn(JsonNode name, JsonNode arn) {
    return new Made(name.asText(), Map.of("Arn", arn.asText()));
  }

  public Map<String, Provider> providers() {
    return Map.copyOf(providers);
  }
}
