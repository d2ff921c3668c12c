package com.example.shop;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.operations.OperationClient;
import agentpost.operations.OperationRequest;
import agentpost.operations.StartResult;
import agentpost.platform.Platform;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import agentpost.webhook.WebhookHandler;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Has the carrier collect each order, and publishes {@code order.shipped} once it has. */
public final class ShippingHandler extends WebhookHandler {
  private static final AgentName NAME = new AgentName("shipping-agent");
  private static final AgentName CARRIER = new AgentName("carrier");
  private static final Duration COLLECTION_TIMEOUT = Duration.ofHours(2);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  public ShippingHandler() {
    this(Platform.lambda());
  }

  public ShippingHandler(Platform platform) {
    super(platform, agent(OperationClient.from(platform)::start, platform.deadlines()));
  }

  static Agent agent(Function<OperationRequest, StartResult> carrier, Clock clock) {
    return event ->
        switch (event.type()) {
          case "order.placed" -> ship(event, carrier, clock);
          case "operation.completed" -> announce(event, clock);
          case "operation.failed", "operation.timed_out" ->
              new Outcome.Refused("not shipped: " + event.type());
          default -> new Outcome.Refused("this agent does not know " + event.type());
        };
  }

  private static Outcome ship(
      Event order, Function<OperationRequest, StartResult> carrier, Clock clock) {
    ObjectNode work =
        JsonNodeFactory.instance
            .objectNode()
            .put("order_id", order.data().path("order_id").asText());
    OperationRequest request =
        new OperationRequest(
            NAME,
            order,
            "collect",
            1, // attempt
            work,
            clock.instant().plus(COLLECTION_TIMEOUT),
            CARRIER);
    return switch (carrier.apply(request)) {
      case StartResult.Accepted(var id) -> new Outcome.Done(List.of(), "collection " + id);
      case StartResult.AlreadyFinished(var id, _) ->
          new Outcome.Done(List.of(), "collection " + id + " has ended");
      case StartResult.TryAgain(_, var why) -> new Outcome.Retry(RETRY_AFTER, why);
    };
  }

  /** What was asked and what came of it are in the event: the agent need remember nothing. */
  private static Outcome announce(Event completed, Clock clock) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("order_id", completed.data().at("/request/order_id").asText())
            .put("tracking", completed.data().at("/result/tracking").asText());
    return new Outcome.Done(
        List.of(completed.answer(NAME, "order.shipped", data, clock.instant())), "shipped");
  }
}
