package agentpost.cli.demo;

import agentpost.catalog.ResourceNames;
import agentpost.local.LocalCloud;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * An agent that answers 503 to everything, with a rule, an API destination and a dead-letter queue
 * of its own.
 */
final class UnavailableAgent implements AutoCloseable {
  static final String NAME = "crm-sync";
  static final String QUEUE = ResourceNames.DEFAULT.deadLetters(NAME);
  private static final String RULE = ResourceNames.DEFAULT.agent(NAME);
  static final int MAX_RETRIES = 3;
  private final HttpServer server;
  private final EventBridgeClient events;
  private final SqsClient queues;
  private final String queueUrl;

  UnavailableAgent(LocalCloud cloud) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    server.start();
    events = cloud.clients("demo").create(EventBridgeClient.builder());
    queues = cloud.clients("demo").create(SqsClient.builder());
    queueUrl = queues.createQueue(create -> create.queueName(QUEUE)).queueUrl();
    subscribe();
  }

  private void subscribe() {
    String queueArn =
        queues
            .getQueueAttributes(
                get -> get.queueUrl(queueUrl).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes()
            .get(QueueAttributeName.QUEUE_ARN);
    String connection =
        events.describeConnection(describe -> describe.name(ResourceNames.PRODUCT)).connectionArn();
    String destination =
        events
            .createApiDestination(
                create ->
                    create
                        .name(RULE)
                        .connectionArn(connection)
                        .httpMethod(ApiDestinationHttpMethod.POST)
                        .invocationEndpoint(
                            "http://127.0.0.1:" + server.getAddress().getPort() + "/hooks"))
            .apiDestinationArn();
    events.putRule(
        rule ->
            rule.name(RULE)
                .eventBusName(ResourceNames.PRODUCT)
                .eventPattern("{\"detail-type\":[\"user.signed_up\"]}"));
    Target target =
        Target.builder()
            .id("webhook")
            .arn(destination)
            .inputPath("$.detail")
            .retryPolicy(retry -> retry.maximumRetryAttempts(MAX_RETRIES))
            .deadLetterConfig(dlq -> dlq.arn(queueArn))
            .build();
    events.putTargets(put -> put.rule(RULE).eventBusName(ResourceNames.PRODUCT).targets(target));
  }

  /** The dead letter's attributes; none if there is no letter. */
  Map<String, String> letter() {
    return queues
        .receiveMessage(
            receive -> receive.queueUrl(queueUrl).messageAttributeNames("All").visibilityTimeout(0))
        .messages()
        .stream()
        .findFirst()
        .map(UnavailableAgent::attributes)
        .orElse(Map.of());
  }

  private static Map<String, String> attributes(Message message) {
    Map<String, String> attributes = new TreeMap<>();
    message.messageAttributes().forEach((name, value) -> attributes.put(name, value.stringValue()));
    return attributes;
  }

  @Override
  public void close() {
    server.stop(0);
    events.close();
    queues.close();
  }
}
