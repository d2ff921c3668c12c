package agentpost.local.testing;

import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** EventBridge by the SDK's client: a bus whose events go to one endpoint. */
public final class Wire {
  private final EventBridgeClient events;

  public Wire(EventBridgeClient events) {
    this.events = events;
  }

  /**
   * Makes a bus, a rule for every event whose source is {@code s}, and what delivers to the
   * endpoint, all of that name.
   *
   * @param deadLetters ARN of a queue, or nothing if empty
   */
  public void subscribe(String name, String url, String deadLetters) {
    events.createEventBus(create -> create.name(name));
    String connection =
        events
            .createConnection(
                create ->
                    create
                        .name(name)
                        .authorizationType(ConnectionAuthorizationType.API_KEY)
                        .authParameters(
                            auth ->
                                auth.apiKeyAuthParameters(
                                    key -> key.apiKeyName("x-key").apiKeyValue("v"))))
            .connectionArn();
    String destination =
        events
            .createApiDestination(
                create ->
                    create
                        .name(name)
                        .connectionArn(connection)
                        .invocationEndpoint(url)
                        .httpMethod(ApiDestinationHttpMethod.POST))
            .apiDestinationArn();
    events.putRule(put -> put.name(name).eventBusName(name).eventPattern("{\"source\":[\"s\"]}"));
    Target.Builder target =
        Target.builder().id("1").arn(destination).roleArn("arn:aws:iam::000000000000:role/r");
    if (!deadLetters.isEmpty()) {
      target.deadLetterConfig(to -> to.arn(deadLetters));
    }
    Target one = target.build();
    events.putTargets(put -> put.rule(name).eventBusName(name).targets(one));
  }

  public static PutEventsRequestEntry entry(String bus, String detail) {
    return PutEventsRequestEntry.builder()
        .eventBusName(bus)
        .source("s")
        .detailType("t")
        .detail(detail)
        .build();
  }

  public PutEventsResponse put(PutEventsRequestEntry... entries) {
    return events.putEvents(put -> put.entries(entries));
  }
}
