package agentpost.cli.deployment;

import agentpost.catalog.CloudAssembly;
import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.AwsApi;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.ShellWord;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.Filter;
import software.amazon.awssdk.services.secretsmanager.model.FilterNameStringType;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsRequest;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ListQueuesRequest;

/**
 * Names that a deployment would give and that are taken: what outlived a destroyed stage, or an
 * agent that left the catalog. CloudFormation refuses them.
 */
final class LeftoverChecks {
  private static final String TABLES = "tables";
  private static final String BUCKETS = "bucket";
  private static final String QUEUES = "queues";
  private static final String SECRETS = "secrets";
  private static final String LOGS = "log groups";

  private final CloudOptions place;
  private final CloudAssembly assembly;
  private final Optional<DeployedStack> deployed;

  LeftoverChecks(CloudOptions place, CloudAssembly assembly, Optional<DeployedStack> deployed) {
    this.place = place;
    this.assembly = assembly;
    this.deployed = deployed;
  }

  List<AccountCheck> all() {
    // Tables last: a deployment that imports them fails as long as anything else is in its way.
    return List.of(
        new AccountCheck(BUCKETS, "s3:ListAllMyBuckets", this::buckets),
        new AccountCheck(QUEUES, "sqs:ListQueues and sqs:GetQueueAttributes", this::queues),
        new AccountCheck(SECRETS, "secretsmanager:ListSecrets", this::secrets),
        new AccountCheck(LOGS, "logs:DescribeLogGroups", this::logGroups),
        new AccountCheck(TABLES, "dynamodb:ListTables", this::tables));
  }

  /** The names of that type that the deployment gives: those that the stack does not have yet. */
  private Set<String> newNames(String type) {
    Set<String> has = deployed.map(stack -> stack.resources().keySet()).orElse(Set.of());
    Set<String> deployedTemplates =
        assembly
            .root()
            .resources()
            .filter(resource -> has.contains(resource.logicalId()))
            .flatMap(resource -> assembly.nested(resource).stream())
            .map(CloudAssembly.Template::name)
            .collect(Collectors.toSet());
    Set<String> names = new TreeSet<>();
    for (CloudAssembly.Template template : assembly.templates()) {
      if (!deployedTemplates.contains(template.name())) {
        template
            .resources()
            .filter(resource -> resource.isOf(type))
            .filter(resource -> template.isNested() || !has.contains(resource.logicalId()))
            .map(resource -> TemplateNames.of(type, resource.properties()))
            .forEach(names::add);
      }
    }
    return names;
  }

  private static List<Finding> orNone(String about, List<Finding> left) {
    return left.isEmpty() ? List.of(Finding.ok(about, "no name is taken")) : left;
  }

  private List<Finding> tables() {
    Set<String> wanted = newNames("AWS::DynamoDB::Table");
    List<Finding> left = new ArrayList<>();
    if (!wanted.isEmpty()) {
      place
          .ask(
              DynamoDbClient.builder(),
              client -> client.listTablesPaginator().tableNames().stream().toList())
          .stream()
          .filter(wanted::contains)
          .forEach(table -> left.add(table(table)));
    }
    return orNone(TABLES, left);
  }

  private Finding table(String table) {
    String delete = place.nextOfAws("dynamodb delete-table --table-name " + table);
    return place.isLocalCloud()
        ? Finding.stop(TABLES, table + " exists, but in no stack: delete it", delete)
        : Finding.stop(
            TABLES,
            table
                + " exists, but in no stack: delete it, or import it with its data once nothing"
                + " else here stops you",
            delete,
            importing());
  }

  /**
   * Takes in what has its name in the template and is kept when it leaves it (CloudFormation user
   * guide, "Import AWS resources into a CloudFormation stack automatically").
   */
  private String importing() {
    return StackChecks.inApp(
        place.nextOfCdk(
            "deploy --import-existing-resources"
                + place.stage().map(stage -> " -c stage=" + stage).orElse("")));
  }

  private List<Finding> buckets() {
    List<Finding> left = new ArrayList<>();
    for (String name : newNames("AWS::S3::Bucket")) {
      String before = name.substring(0, name.indexOf(TemplateNames.UNKNOWN));
      place
          .ask(
              S3Client.builder(),
              client -> {
                String here = client.serviceClientConfiguration().region().id();
                Pattern own =
                    Pattern.compile(Pattern.quote(before) + "[0-9]{12}-" + Pattern.quote(here));
                return client.listBucketsPaginator(list -> list.prefix(before)).buckets().stream()
                    .map(bucket -> bucket.name())
                    .filter(bucket -> own.matcher(bucket).matches())
                    .toList();
              })
          .forEach(bucket -> left.add(bucket(bucket)));
    }
    return orNone(BUCKETS, left);
  }

  private Finding bucket(String bucket) {
    String delete = place.nextOfAws("s3api delete-bucket --bucket " + bucket);
    if (place.isLocalCloud()) {
      return Finding.stop(
          BUCKETS,
          bucket + " exists, but in no stack; empty it and delete it",
          place.nextOfAws("s3 rm --recursive s3://" + bucket),
          delete);
    }
    String list =
        "s3api list-object-versions --max-items 1000 --output json --bucket "
            + bucket
            + " --query '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}}'";
    return Finding.stop(
        BUCKETS,
        bucket + " exists, but in no stack; empty it, a thousand versions at a time, and delete it",
        place.nextOfAws(
            "s3api delete-objects --bucket "
                + bucket
                + " --delete \"$("
                + place.nextOfAws(list)
                + ")\""),
        delete);
  }

  private List<Finding> queues() {
    Set<String> wanted = newNames("AWS::SQS::Queue");
    if (wanted.isEmpty()) {
      return orNone(QUEUES, List.of());
    }
    return orNone(
        QUEUES,
        place.ask(
            SqsClient.builder(),
            client -> {
              ListQueuesRequest.Builder list =
                  ListQueuesRequest.builder().queueNamePrefix(place.names().partPrefix());
              // AWS gives pages only to who asks for them; a local cloud has none.
              return client
                  .listQueuesPaginator(place.isAws() ? list.maxResults(1000).build() : list.build())
                  .queueUrls()
                  .stream()
                  .filter(url -> wanted.contains(url.substring(url.lastIndexOf('/') + 1)))
                  .map(url -> queue(url, QueueDepth.of(client, url)))
                  .toList();
            }));
  }

  private Finding queue(String url, int letters) {
    String name = url.substring(url.lastIndexOf('/') + 1);
    String delete = place.nextOfAws("sqs delete-queue --queue-url " + ShellWord.quote(url));
    if (letters == 0 || !ResourceNames.isDeadLetters(name)) {
      return Finding.stop(
          QUEUES, name + " exists, but in no stack, with " + letters + " messages", delete);
    }
    String agent = place.names().agentOfDeadLetters(name);
    String file = agent + "-letters.json";
    return Finding.stop(
        QUEUES,
        name
            + " exists, but in no stack, with "
            + letters
            + (letters == 1 ? " dead letter" : " dead letters")
            + ": export them, delete the queue, deploy, and redeliver them",
        place.nextCommand("dlq export " + agent) + " > " + file,
        delete,
        place.nextCommand("redeliver " + agent + " " + file));
  }

  private List<Finding> secrets() {
    Set<String> wanted = newNames("AWS::SecretsManager::Secret");
    if (wanted.isEmpty()) {
      return orNone(SECRETS, List.of());
    }
    ListSecretsRequest.Builder list = ListSecretsRequest.builder().includePlannedDeletion(true);
    // A local cloud has no filters.
    if (place.isAws()) {
      list.filters(
          Filter.builder().key(FilterNameStringType.NAME).values(place.prefix() + "/").build());
    }
    List<SecretListEntry> there =
        place.ask(
            SecretsManagerClient.builder(),
            client ->
                client.listSecretsPaginator(list.build()).stream()
                    .flatMap(page -> page.secretList().stream())
                    .filter(secret -> wanted.contains(secret.name()))
                    .toList());
    List<Finding> left = new ArrayList<>();
    for (SecretListEntry secret : there) {
      left.add(
          Finding.stop(
              SECRETS,
              secret.name()
                  + (secret.deletedDate() == null
                      ? " exists, but in no stack"
                      : " awaits deletion and keeps its name until then")
                  + "; delete it now, for good",
              place.nextOfAws(
                  "secretsmanager delete-secret --force-delete-without-recovery --secret-id "
                      + secret.name())));
    }
    return orNone(SECRETS, left);
  }

  private List<Finding> logGroups() {
    Set<String> wanted = newNames("AWS::Logs::LogGroup");
    Set<String> prefixes = new HashSet<>();
    wanted.forEach(
        name ->
            prefixes.add(
                name.substring(0, name.lastIndexOf(place.prefix()) + place.prefix().length())));
    List<Finding> left = new ArrayList<>();
    place.askApi(
        api -> {
          for (String prefix : new TreeSet<>(prefixes)) {
            logGroups(api, prefix).stream()
                .filter(wanted::contains)
                .forEach(
                    group ->
                        left.add(
                            Finding.stop(
                                LOGS,
                                group + " exists, but in no stack",
                                place.nextOfAws(
                                    "logs delete-log-group --log-group-name " + group))));
          }
          return left;
        });
    return orNone(LOGS, left);
  }

  private static List<String> logGroups(AwsApi api, String prefix) {
    List<String> names = new ArrayList<>();
    ObjectNode input = JsonNodeFactory.instance.objectNode().put("logGroupNamePrefix", prefix);
    String token;
    do {
      JsonNode page = api.call(AwsApi.Service.LOGS, "Logs_20140328.DescribeLogGroups", input);
      page.path("logGroups").forEach(group -> names.add(group.path("logGroupName").asText()));
      token = page.path("nextToken").asText("");
      input.put("nextToken", token);
    } while (!token.isEmpty());
    return names;
  }
}
