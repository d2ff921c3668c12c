package agentpost.local.junit;

import agentpost.catalog.Directory;
import agentpost.catalog.ResourceNames;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** Makes through the AWS API what the template makes for an agent of the catalog, its rule last. */
final class AgentInstaller {
  private static final int SECRET_BYTES = 32;

  private AgentInstaller() {}

  static void subscribe(TestCloud cloud, String name, String pattern) {
    ResourceNames names = new ResourceNames(cloud.busName());
    String api = cloud.outputs().get("ApiUrl");
    if (api == null) {
      throw new IllegalStateException(
          "The template has no output ApiUrl, so nothing here can deliver to an agent");
    }
    try (SecretsManagerClient secrets = cloud.client(SecretsManagerClient.builder());
        SqsClient queues = cloud.client(SqsClient.builder());
        EventBridgeClient events = cloud.client(EventBridgeClient.builder())) {
      byte[] secret = new byte[SECRET_BYTES];
      cloud.random().nextBytes(secret);
      secrets.createSecret(
          create ->
              create
                  .name(names.webhookSecret(name))
                  .secretString("whsec_" + Base64.getEncoder().encodeToString(secret)));
      enter(secrets, names.agentDirectory(), name, cloud.publicApi() + "/webhooks/" + name);
      String queue =
          queues.createQueue(create -> create.queueName(names.deadLetters(name))).queueUrl();
      String rule = names.agent(name);
      String queueArn =
          queues
              .getQueueAttributes(
                  get -> get.queueUrl(queue).attributeNames(QueueAttributeName.QUEUE_ARN))
              .attributes()
              .get(QueueAttributeName.QUEUE_ARN);
      String connection =
          events.describeConnection(describe -> describe.name(names.prefix())).connectionArn();
      String destination =
          events
              .createApiDestination(
                  create ->
                      create
                          .name(rule)
                          .connectionArn(connection)
                          .httpMethod(ApiDestinationHttpMethod.POST)
                          .invocationEndpoint(cloud.publicApi() + "/deliveries/" + name))
              .apiDestinationArn();
      events.putRule(put -> put.name(rule).eventBusName(cloud.busName()).eventPattern(pattern));
      Target target =
          Target.builder()
              .id("webhook")
              .arn(destination)
              .roleArn("arn:aws:iam::000000000000:role/" + rule)
              .inputPath("$.detail")
              .deadLetterConfig(dlq -> dlq.arn(queueArn))
              .build();
      events.putTargets(put -> put.rule(rule).eventBusName(cloud.busName()).targets(target));
    }
  }

  /** One after the other: it reads what it writes. A template without agents has no directory. */
  private static synchronized void enter(
      SecretsManagerClient secrets, String directory, String name, String endpoint) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode().put("endpoint", endpoint);
    try {
      String known = secrets.getSecretValue(get -> get.secretId(directory)).secretString();
      secrets.putSecretValue(
          put -> put.secretId(directory).secretString(Directory.with(known, name, entry)));
    } catch (ResourceNotFoundException e) {
      secrets.createSecret(
          create ->
              create.name(directory).secretString(Directory.with("{\"entries\":{}}", name, entry)));
    }
  }
}
