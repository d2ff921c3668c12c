package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.operations.OperationId;
import agentpost.operations.OperationRequest;
import agentpost.operations.OperationStatus;
import agentpost.operations.Processor.Work;
import agentpost.operations.StartResult;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShippingTest {
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:00Z");

  private final List<OperationRequest> requests = new ArrayList<>();
  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

  private static Event event(String type, ObjectNode data) {
    Event.Metadata metadata =
        new Event.Metadata("shop", new CorrelationId("corr-1"), Optional.empty(), 1);
    return new Event(new EventId("evt-1"), type, NOW, data, metadata);
  }

  private static ObjectNode order() {
    return JsonNodeFactory.instance.objectNode().put("order_id", "ord-1001");
  }

  private Agent agent(StartResult answer) {
    return ShippingHandler.agent(
        request -> {
          requests.add(request);
          return answer;
        },
        clock);
  }

  private static OperationId id() {
    return OperationId.derive(new AgentName("shipping-agent"), new EventId("evt-1"), "collect", 1);
  }

  @Test
  void anOrderIsGivenToTheCarrier() {
    Outcome outcome = agent(new StartResult.Accepted(id())).handle(event("order.placed", order()));
    assertEquals(new Outcome.Done(List.of(), "collection " + id()), outcome);
    assertThat(requests)
        .singleElement()
        .satisfies(
            request -> {
              assertEquals(id(), request.id());
              assertEquals(new AgentName("carrier"), request.processor());
              assertEquals(order(), request.dataToProcess());
              assertEquals(NOW.plus(Duration.ofHours(2)), request.deadline());
            });
  }

  @Test
  void anUncertainStartIsTriedAgain() {
    assertInstanceOf(
        Outcome.Retry.class,
        agent(new StartResult.TryAgain(id(), "no answer")).handle(event("order.placed", order())));
    assertInstanceOf(
        Outcome.Done.class,
        agent(new StartResult.AlreadyFinished(id(), OperationStatus.COMPLETED))
            .handle(event("order.placed", order())));
  }

  @Test
  void whatTheCarrierDidIsPublished() {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.set("request", order());
    data.set(
        "result",
        assertInstanceOf(Work.Completed.class, CarrierHandler.collect(id(), order())).result());
    Outcome outcome =
        agent(new StartResult.Accepted(id())).handle(event("operation.completed", data));
    assertThat(assertInstanceOf(Outcome.Done.class, outcome).publish())
        .singleElement()
        .satisfies(
            shipped -> {
              assertEquals("order.shipped", shipped.type());
              assertEquals(order().put("tracking", "trk-" + id()), shipped.data());
            });
  }

  @Test
  void whatTheCarrierDidNotDoIsADeadLetter() {
    assertInstanceOf(
        Work.Failed.class, CarrierHandler.collect(id(), JsonNodeFactory.instance.objectNode()));
    for (String type : List.of("operation.failed", "operation.timed_out")) {
      assertInstanceOf(
          Outcome.Refused.class,
          agent(new StartResult.Accepted(id())).handle(event(type, order())));
    }
  }

  @Test
  void theDocumentsLinkToIt() throws Exception {
    String folder = "functions/agents/src/test/java/com/example/shop/";
    for (String document : List.of("your-project.md", "callbacks.md")) {
      assertThat(Files.readString(Path.of("../../docs", document)))
          .contains(folder + "ShippingHandler.java)");
    }
    assertThat(Files.readString(Path.of("../../docs/your-project.md")))
        .contains(folder + "CarrierHandler.java)");
  }
}
