package agentpost.local.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What keeps: secrets, parameters, tables, buckets, queues, logs and their keys. */
final class StoreResources {
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

  private StoreResources() {}

  static Map<String, Provider> providers(ResourceProviders.Services services, String address) {
    Map<String, Provider> providers = new HashMap<>();
    providers.put(
        "AWS::Logs::LogGroup",
        Provider.recreateOnChange(
            (id, p) -> {
              String name = p.path("LogGroupName").asText(id);
              services.logs().create(name);
              return new Made(
                  name,
                  Map.of(
                      "Arn",
                      "arn:aws:logs:" + ResourceProperties.ACCOUNT + "log-group:" + name + ":*"));
            },
            (_, group) -> services.logs().remove(group.ref())));
    providers.put(
        "AWS::KMS::Key",
        Provider.recreateOnChange(
            (id, _) -> {
              String key = UUID.nameUUIDFromBytes(id.getBytes(UTF_8)).toString();
              return new Made(
                  key,
                  Map.of(
                      "KeyId",
                      key,
                      "Arn",
                      "arn:aws:kms:" + ResourceProperties.ACCOUNT + "key/" + key));
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
              ResourceProperties.refuse(p, "LocalSecondaryIndexes", "StreamSpecification");
              String name = p.path("TableName").asText(id);
              services.tables().create(p.put("TableName", name));
              return new Made(
                  name,
                  Map.of(
                      "Arn", "arn:aws:dynamodb:" + ResourceProperties.ACCOUNT + "table/" + name));
            },
            (_, table) -> services.tables().delete(table.ref())));
    providers.put(
        "AWS::S3::Bucket",
        Provider.fixed(
            (id, p) -> {
              p.fieldNames()
                  .forEachRemaining(
                      name -> ResourceProperties.refuse(p, OF_BUCKETS.contains(name) ? "" : name));
              String name = p.path("BucketName").asText(id.toLowerCase(Locale.ROOT));
              services.buckets().make(name);
              return new Made(
                  name,
                  Map.of("Arn", "arn:aws:s3:::" + name, "DomainName", name + ".s3.amazonaws.com"));
            },
            (_, bucket) -> services.buckets().remove(bucket.ref())));
    providers.put("AWS::SQS::Queue", new QueueProvider(services.queues(), address));
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
    return providers;
  }
}
