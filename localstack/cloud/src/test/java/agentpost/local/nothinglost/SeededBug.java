package agentpost.local.nothinglost;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.local.nothinglost.Journal.Wrong;
import agentpost.publish.Publisher;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.testing.FakeHttp;
import agentpost.webhook.ClaimStore;
import agentpost.webhook.Inbox;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;

/**
 * Mistakes someone could make, each at a seam of the real code: a store or a connection that is
 * wrapped, or a parameter that is changed. {@link #CLAIM_BEFORE_VERIFY} and its like have no seam:
 * they repeat the inbox's first lines in the wrong order and leave the rest to the inbox.
 */
enum SeededBug {
  NONE(Optional.empty()),

  /** A redrive deletes the letter first, and sends it again if the agent does not take it. */
  DELETE_BEFORE_DELIVER(Optional.of(Wrong.LOST)) {
    @Override
    FakeHttp.TimedSide redrivesFar(SimulatedDeployment world, FakeHttp.TimedSide real) {
      return (request, within) -> {
        Program process = world.simulation().running().orElseThrow();
        String agent = request.path().substring("/webhooks/".length());
        String id = request.header("webhook-id").orElseThrow();
        String url =
            world.sqs().getQueueUrl(get -> get.queueName(DeliveryNetwork.queue(agent))).queueUrl();
        for (MemoryQueue.Lying letter : world.sqs().named(DeliveryNetwork.queue(agent)).lying()) {
          if (letter.receiver().filter(process::equals).isPresent()
              && DeliveryNetwork.idIn(letter.body()).equals(id)) {
            world
                .sqs()
                .deleteMessage(delete -> delete.queueUrl(url).receiptHandle(letter.receipt()));
            Response response = real.answer(request, within);
            if (response.status() / 100 != 2) {
              world
                  .sqs()
                  .sendMessage(
                      send ->
                          send.queueUrl(url)
                              .messageBody(letter.body())
                              .messageAttributes(letter.attributes()));
            }
            return response;
          }
        }
        return real.answer(request, within);
      };
    }
  },

  /** A lease of five seconds, whatever the function's time-out. */
  LEASE_SHORTER_THAN_THE_WORK(Optional.of(Wrong.ACTED_TWICE)) {
    @Override
    Response receive(Inbox.Parts parts, Inbox inbox, Request request, Duration remaining) {
      return inbox.receive(request, Duration.ZERO);
    }
  },

  /**
   * The claim is taken before the signature is looked at, and whatever was answered is done: a
   * forgery takes the place of the event.
   */
  CLAIM_BEFORE_VERIFY(Optional.of(Wrong.LOST)) {
    @Override
    Response receive(Inbox.Parts parts, Inbox inbox, Request request, Duration remaining) {
      return claimedFirst(parts, inbox, request, remaining, true);
    }
  },

  /**
   * As before, but a forgery leaves the claim to its lease: who forges often enough keeps the event
   * out.
   */
  FORGERY_KEEPS_THE_CLAIM(Optional.of(Wrong.HELD_BY_NOBODY)) {
    @Override
    Response receive(Inbox.Parts parts, Inbox inbox, Request request, Duration remaining) {
      return claimedFirst(parts, inbox, request, remaining, false);
    }
  },

  DONE_BEFORE_PUBLISH(Optional.of(Wrong.ANSWER_LOST)) {
    @Override
    Publisher publisher(SimulatedDeployment world, AgentName agent, Publisher real) {
      return events -> {
        events.forEach(
            answer ->
                markDone(world.tables(), agent, answer.metadata().causationId().orElseThrow()));
        return real.publish(events);
      };
    }
  },

  /** What could not be put on the bus is taken to be there. */
  FAILED_PUBLISH_IS_PUBLISHED(Optional.of(Wrong.ANSWER_LOST)) {
    @Override
    Publisher publisher(SimulatedDeployment world, AgentName agent, Publisher real) {
      return events ->
          switch (real.publish(events)) {
            case Publisher.Publication.Published published -> published;
            case Publisher.Publication.Failed _ -> new Publisher.Publication.Published();
          };
    }
  },

  CLAIM_NOT_GIVEN_BACK(Optional.of(Wrong.HELD_BY_NOBODY)) {
    @Override
    DynamoDbClient tables(DynamoDbClient real) {
      return new WrappedTable(real) {
        @Override
        public DeleteItemResponse deleteItem(DeleteItemRequest request) {
          return DeleteItemResponse.builder().build();
        }
      };
    }
  },

  LETTERS_NOT_GIVEN_BACK(Optional.of(Wrong.HELD_BY_NOBODY)) {
    @Override
    SqsClient redrivesQueues(MemorySqs real) {
      return new WrappedQueues(real) {
        @Override
        public ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
            ChangeMessageVisibilityBatchRequest request) {
          return ChangeMessageVisibilityBatchResponse.builder().build();
        }
      };
    }
  },

  /** Two attempts at the same event both get the claim. */
  CLAIM_WITHOUT_CONDITION(Optional.of(Wrong.ACTED_TWICE)) {
    @Override
    DynamoDbClient tables(DynamoDbClient real) {
      return new WrappedTable(real) {
        @Override
        public PutItemResponse putItem(PutItemRequest request) {
          return super.putItem(request.toBuilder().conditionExpression(null).build());
        }
      };
    }
  },

  /** An event that another attempt is at counts as taken care of. */
  HELD_IS_TAKEN(Optional.of(Wrong.LOST)) {
    @Override
    Response receive(Inbox.Parts parts, Inbox inbox, Request request, Duration remaining) {
      Response response = inbox.receive(request, remaining);
      return new String(response.body(), UTF_8).contains("another attempt at this event")
          ? Response.json(200, "{}")
          : response;
    }
  },

  /** The relay does not wait for slow agents, and takes it that they will do it. */
  SILENCE_IS_CONSENT(Optional.of(Wrong.LOST)) {
    @Override
    FakeHttp.TimedSide relaysFar(FakeHttp.TimedSide real) {
      return (request, within) -> {
        try {
          return real.answer(request, within);
        } catch (HttpTimeoutException e) {
          return Response.json(202, "{}");
        }
      };
    }
  },

  /** The relay does not ask an agent that is down, and says that all is well. */
  OPEN_CIRCUIT_IS_A_DELIVERY(Optional.of(Wrong.LOST)) {
    @Override
    Response circuitOpen(Response real) {
      return Response.json(200, "{}");
    }
  },

  /** A redrive takes any answer for the end of it. */
  ANY_ANSWER_IS_A_DELIVERY(Optional.of(Wrong.LOST)) {
    @Override
    FakeHttp.TimedSide redrivesFar(SimulatedDeployment world, FakeHttp.TimedSide real) {
      return (request, within) -> new Response(200, Map.of(), real.answer(request, within).body());
    }
  },

  /** An agent makes up a new id for its answer each time. */
  ANSWERS_UNDER_NEW_IDS(Optional.of(Wrong.MULTIPLIED)) {
    @Override
    Event answer(Event derived, Simulation simulation) {
      String id = new UUID(simulation.dice().nextLong(), simulation.dice().nextLong()).toString();
      return new Event(
          new EventId(id), derived.type(), derived.timestamp(), derived.data(), derived.metadata());
    }
  };

  private final Optional<Wrong> shows;

  SeededBug(Optional<Wrong> shows) {
    this.shows = shows;
  }

  private static Response claimedFirst(
      Inbox.Parts parts, Inbox inbox, Request request, Duration remaining, boolean isDone) {
    EventId id = new EventCodec().idOf(request.body()).orElseThrow();
    if (!(parts.claims().take(id, remaining) instanceof ClaimStore.Claim.Mine(var owner))) {
      return inbox.receive(request, remaining);
    }
    Verifier verifier =
        new Verifier(
            WebhookKeyStore.parse(Configuration.SECRET), parts.clock(), Verifier.DEFAULT_TOLERANCE);
    if (verifier.verify(request.headers(), request.body()) instanceof Verification.Accepted) {
      parts.claims().release(id, owner);
      return inbox.receive(request, remaining);
    }
    if (isDone) {
      parts.claims().markDone(id, owner);
    }
    return Problem.FORBIDDEN.withDetail("this is not signed by whom it should be");
  }

  private static void markDone(DynamoDbClient table, AgentName agent, EventId id) {
    try {
      table.updateItem(
          update ->
              update
                  .tableName(SimulatedDeployment.CLAIMS)
                  .key(
                      Map.of(
                          "agent",
                          AttributeValue.fromS(agent.value()),
                          "event_id",
                          AttributeValue.fromS(id.value())))
                  .updateExpression("SET #status = :done REMOVE lease_until")
                  .expressionAttributeNames(Map.of("#status", "status"))
                  .expressionAttributeValues(Map.of(":done", AttributeValue.fromS("DONE"))));
    } catch (SdkException e) {
      // Then it is marked after publishing, as it should be.
      return;
    }
  }

  /** As what it is found out, among other things. */
  Optional<Wrong> shows() {
    return shows;
  }

  DynamoDbClient tables(DynamoDbClient real) {
    return real;
  }

  Publisher publisher(SimulatedDeployment world, AgentName agent, Publisher real) {
    return real;
  }

  SqsClient redrivesQueues(MemorySqs real) {
    return real;
  }

  FakeHttp.TimedSide relaysFar(FakeHttp.TimedSide real) {
    return real;
  }

  FakeHttp.TimedSide redrivesFar(SimulatedDeployment world, FakeHttp.TimedSide real) {
    return real;
  }

  Response receive(Inbox.Parts parts, Inbox inbox, Request request, Duration remaining) {
    return inbox.receive(request, remaining);
  }

  Response circuitOpen(Response real) {
    return real;
  }

  Event answer(Event derived, Simulation simulation) {
    return derived;
  }
}
