package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.testing.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.CreateApiDestinationRequest;
import software.amazon.awssdk.services.eventbridge.model.CreateConnectionRequest;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.PutRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A bus of its own, and rules from it to endpoints and queues, by the SDK's clients. */
final class BusTestBed {
  static final String ROLE = "arn:aws:iam::000000000000:role/r";
  private final Cloud cloud;
  private final String bus;
  private final String busArn;
  final EventBridgeClient events;
  private final SqsClient queues;

  BusTestBed(Scenario scenario, String name) {
    this.cloud = scenario.cloud();
    this.bus = scenario.unique(name);
    this.events = cloud.aws().create(EventBridgeClient.builder());
    this.queues = cloud.aws().create(SqsClient.builder());
    this.busArn = events.createEventBus(create -> create.name(bus)).eventBusArn();
  }

  Instant now() {
    return cloud.now();
  }

  String bus() {
    return bus;
  }

  String busArn() {
    return busArn;
  }

  /** An API destination whose connection has an API key. */
  String destination(Endpoint endpoint, String path) {
    return destination(endpoint, path, _ -> {}, connection -> {});
  }

  String destination(
      Endpoint endpoint,
      String path,
      Consumer<CreateApiDestinationRequest.Builder> more,
      Consumer<CreateConnectionRequest.Builder> auth) {
    return destination(endpoint.port(), path, more, auth);
  }

  /** The same of any server of this JVM. */
  String destination(int port) {
    return destination(port, "/", _ -> {}, _ -> {});
  }

  private String destination(
      int port,
      String path,
      Consumer<CreateApiDestinationRequest.Builder> more,
      Consumer<CreateConnectionRequest.Builder> auth) {
    String name = bus + "-" + Integer.toString(path.hashCode() & 0xffff, 36);
    String connection =
        events
            .createConnection(
                create -> {
                  create
                      .name(name)
                      .authorizationType(ConnectionAuthorizationType.API_KEY)
                      .authParameters(
                          by ->
                              by.apiKeyAuthParameters(
                                  key -> key.apiKeyName("x-key").apiKeyValue("opens")));
                  auth.accept(create);
                })
            .connectionArn();
    return events
        .createApiDestination(
            create -> {
              create
                  .name(name)
                  .connectionArn(connection)
                  .invocationEndpoint(cloud.url(port, path))
                  .httpMethod(ApiDestinationHttpMethod.POST);
              more.accept(create);
            })
        .apiDestinationArn();
  }

  /** A rule for all that has the source {@code s}; its ARN. */
  String rule(String name, String targetArn, UnaryOperator<Target.Builder> more) {
    return rule(put -> put.name(name).eventPattern("{\"source\":[\"s\"]}"), targetArn, more);
  }

  String rule(
      Consumer<PutRuleRequest.Builder> rule, String targetArn, UnaryOperator<Target.Builder> more) {
    PutRuleRequest.Builder request = PutRuleRequest.builder().eventBusName(bus);
    rule.accept(request);
    PutRuleRequest built = request.build();
    String arn = events.putRule(built).ruleArn();
    Target target = more.apply(Target.builder().id("1").arn(targetArn)).build();
    assertThat(
            events
                .putTargets(put -> put.rule(built.name()).eventBusName(bus).targets(target))
                .failedEntryCount())
        .isZero();
    return arn;
  }

  /** A target that is an API destination needs a role. */
  static Target.Builder withRole(Target.Builder target) {
    return target.roleArn(ROLE);
  }

  PutEventsResponse put(PutEventsRequestEntry... entries) {
    return events.putEvents(put -> put.entries(entries));
  }

  /** Puts events of the type {@code t}, from {@code s}. */
  void put(String... details) {
    PutEventsResponse answer =
        put(
            Stream.of(details)
                .map(detail -> entry("t", detail))
                .toArray(PutEventsRequestEntry[]::new));
    assertThat(answer.failedEntryCount()).as(answer.toString()).isZero();
  }

  PutEventsRequestEntry entry(String type, String detail) {
    return PutEventsRequestEntry.builder()
        .eventBusName(bus)
        .source("s")
        .detailType(type)
        .detail(detail)
        .build();
  }

  /** A standard queue; its ARN. */
  String queue(String name) {
    String url = queues.createQueue(create -> create.queueName(bus + "-" + name)).queueUrl();
    return queues
        .getQueueAttributes(get -> get.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
        .attributes()
        .getOrDefault(QueueAttributeName.QUEUE_ARN, "");
  }

  String url(String queueArn) {
    return queues
        .getQueueUrl(get -> get.queueName(queueArn.substring(queueArn.lastIndexOf(':') + 1)))
        .queueUrl();
  }

  List<Message> messages(String queueArn) {
    String url = url(queueArn);
    return queues
        .receiveMessage(
            receive -> receive.queueUrl(url).maxNumberOfMessages(10).messageAttributeNames("All"))
        .messages();
  }
}
