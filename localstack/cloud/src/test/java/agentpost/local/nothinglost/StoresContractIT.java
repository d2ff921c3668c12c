package agentpost.local.nothinglost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import agentpost.catalog.AgentName;
import agentpost.event.EventId;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.webhook.ClaimStore;
import agentpost.webhook.ClaimStore.Claim;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * What the model's stores promise is what DynamoDB Local and the local cloud's queues do: every
 * test here runs on both.
 */
class StoresContractIT {
  private static final String CLAIMS = "agentpost-claims";
  private static LocalCloud cloud;
  private static DynamoDbClient dynamo;
  private static SqsClient sqs;
  private static int queues;

  @BeforeAll
  static void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    dynamo = cloud.clients("test").create(DynamoDbClient.builder());
    sqs = cloud.clients("test").create(SqsClient.builder());
    dynamo.createTable(
        create ->
            create
                .tableName(CLAIMS)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(
                    Stream.of("agent", "event_id")
                        .map(
                            name ->
                                AttributeDefinition.builder()
                                    .attributeName(name)
                                    .attributeType(ScalarAttributeType.S)
                                    .build())
                        .toList())
                .keySchema(
                    KeySchemaElement.builder().attributeName("agent").keyType(KeyType.HASH).build(),
                    KeySchemaElement.builder()
                        .attributeName("event_id")
                        .keyType(KeyType.RANGE)
                        .build()));
  }

  @AfterAll
  static void stop() {
    dynamo.close();
    sqs.close();
    cloud.close();
  }

  private static Simulation simulation() {
    return new Simulation(new SplittableRandom(1), new Journal(false), Rates.CALM);
  }

  static Stream<Arguments> tables() {
    return Stream.of(
        Arguments.argumentSet("DynamoDB Local", dynamo),
        Arguments.argumentSet(
            "memory", new MemoryTable(simulation(), Map.of(CLAIMS, List.of("agent", "event_id")))));
  }

  static Stream<ContractQueue> bothQueues() {
    String name = "contract-" + queues++;
    Simulation simulation = simulation();
    MemorySqs memory = new MemorySqs(simulation, (_, _) -> {});
    memory.create(
        name,
        new MemoryQueue.Whims() {
          @Override
          public List<Integer> chosen(int visible, int most) {
            return IntStream.range(0, Math.min(visible, most)).boxed().toList();
          }

          @Override
          public boolean honoursOldReceipt() {
            return false;
          }

          @Override
          public boolean refusesOldReceipt() {
            return false;
          }

          @Override
          public boolean showsHidden() {
            return false;
          }
        });
    return Stream.of(
        new ContractQueue(
            sqs, sqs.createQueue(create -> create.queueName(name)).queueUrl(), _ -> {}),
        new ContractQueue(
            memory, memory.getQueueUrl(get -> get.queueName(name)).queueUrl(), simulation::pass));
  }

  private static ClaimStore claims(DynamoDbClient table, String agent, Instant now) {
    return new ClaimStore(table, CLAIMS, new AgentName(agent), Clock.fixed(now, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aClaimIsTakenOnceHeldAndDone(DynamoDbClient table) {
    EventId id = new EventId("event-1");
    Instant now = Instant.parse("2026-03-31T10:30:00Z");
    Duration lease = Duration.ofSeconds(20);
    assertThat(claims(table, "alpha", now).take(id, lease)).isInstanceOf(Claim.Mine.class);
    assertThat(claims(table, "alpha", now.plusSeconds(3)).take(id, lease))
        .isEqualTo(new Claim.Held(Duration.ofSeconds(17)));
    assertThat(claims(table, "alpha", now.plusSeconds(20)).take(id, lease))
        .as("at its end it still holds")
        .isInstanceOf(Claim.Held.class);
    Claim second = claims(table, "alpha", now.plusMillis(20_001)).take(id, lease);
    assertThat(second).isInstanceOf(Claim.Mine.class);
    assertThat(claims(table, "alpha", now).markDone(id, "someone else")).isFalse();
    claims(table, "alpha", now).release(id, "someone else");
    assertThat(claims(table, "alpha", now.plusSeconds(21)).take(id, lease))
        .as("nobody else gives it back")
        .isInstanceOf(Claim.Held.class);
    assertThat(
            second instanceof Claim.Mine(var owner)
                && claims(table, "alpha", now).markDone(id, owner))
        .isTrue();
    assertThat(claims(table, "alpha", now.plus(Duration.ofDays(29))).take(id, lease))
        .isEqualTo(new Claim.Done());
    assertThat(claims(table, "alpha", now.plus(Duration.ofDays(1000))).take(id, lease))
        .as("its time is up")
        .isInstanceOf(Claim.Mine.class);
    assertThat(claims(table, "bravo", now).take(id, lease))
        .as("another agent's")
        .isInstanceOf(Claim.Mine.class);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aClaimThatIsGivenBackIsFree(DynamoDbClient table) {
    EventId id = new EventId("event-2");
    ClaimStore claims = claims(table, "alpha", Instant.parse("2026-03-31T10:30:00Z"));
    Claim first = claims.take(id, Duration.ofSeconds(20));
    claims.release(id, first instanceof Claim.Mine(var owner) ? owner : "");
    assertThat(claims.take(id, Duration.ofSeconds(20))).isInstanceOf(Claim.Mine.class);
  }

  private static PutItemRequest put(String id, String condition) {
    return PutItemRequest.builder()
        .tableName(CLAIMS)
        .item(
            Map.of(
                "agent",
                AttributeValue.fromS("contract"),
                "event_id",
                AttributeValue.fromS(id),
                "n",
                AttributeValue.fromN("2"),
                "s",
                AttributeValue.fromS("b")))
        .conditionExpression(condition)
        .expressionAttributeValues(
            Map.of(
                ":one",
                AttributeValue.fromN("1"),
                ":two",
                AttributeValue.fromN("2.0"),
                ":ten",
                AttributeValue.fromN("10"),
                ":text",
                AttributeValue.fromS("b")))
        .expressionAttributeNames(Map.of("#n", "n", "#s", "s", "#none", "none"))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }

  /**
   * AND before OR; numbers by their value; what is missing or of another type is neither more nor
   * less.
   */
  @ParameterizedTest
  @MethodSource("tables")
  void conditionsMeanTheSame(DynamoDbClient table) {
    String all = "(#n = :two OR #n < :ten OR #s = :text OR #none = :one)";
    table.putItem(put("conditions", all + " OR attribute_not_exists(event_id)"));
    List<String> hold =
        List.of(
            "#n = :two",
            "#n < :ten",
            "#n > :one",
            "#n <= :two",
            "#n >= :two",
            "#n <> :one",
            "#s = :text",
            "attribute_exists(#n)",
            "attribute_not_exists(#none)",
            "#n = :two OR #n = :one AND #s = :ten",
            "NOT #n = :one",
            "#none <> :one");
    List<String> doNot =
        List.of(
            "#n = :one",
            "#n < :two",
            "#none < :one",
            "#none = :one",
            "#s < :ten",
            "(#n = :two OR #n = :one) AND #s = :ten",
            "attribute_not_exists(event_id)");
    for (String condition : hold) {
      table.putItem(put("conditions", condition + " AND " + all));
    }
    for (String condition : doNot) {
      ConditionalCheckFailedException failure =
          catchThrowableOfType(
              ConditionalCheckFailedException.class,
              () -> table.putItem(put("conditions", "(" + condition + ") AND " + all)));
      assertThat(failure).as(condition).isNotNull();
      assertThat(failure.item())
          .as("what is there comes with the refusal")
          .containsEntry("s", AttributeValue.fromS("b"));
    }
  }

  /**
   * Right sides are of the item before; ADD begins at nothing; if_not_exists keeps what is there.
   */
  @ParameterizedTest
  @MethodSource("tables")
  void updatesMeanTheSame(DynamoDbClient table) {
    Map<String, AttributeValue> key =
        Map.of(
            "agent", AttributeValue.fromS("contract"), "event_id", AttributeValue.fromS("updates"));
    Map<String, AttributeValue> values =
        Map.of(":one", AttributeValue.fromN("1"), ":ten", AttributeValue.fromN("10"));
    String[] updates = {
      "SET a = :one, b = :ten, gone = :one ADD c :ten",
      "SET a = b, b = if_not_exists(b, :one), d = if_not_exists(d, :one), e = b - :one, f = :ten"
          + " REMOVE gone, never ADD c :one"
    };
    Map<String, AttributeValue> row = Map.of();
    for (String update : updates) {
      row =
          table
              .updateItem(
                  change ->
                      change
                          .tableName(CLAIMS)
                          .key(key)
                          .updateExpression(update)
                          .expressionAttributeValues(values)
                          .returnValues("ALL_NEW"))
              .attributes();
    }
    Map<String, AttributeValue> expected = new HashMap<>(key);
    Map.of("a", "10", "b", "10", "c", "11", "d", "1", "e", "9", "f", "10")
        .forEach((name, number) -> expected.put(name, AttributeValue.fromN(number)));
    assertThat(row).isEqualTo(expected);
  }

  /**
   * A list that is not there begins with what is appended; two lists are equal with the same values
   * in the same order.
   */
  @ParameterizedTest
  @MethodSource("tables")
  void listsMeanTheSame(DynamoDbClient table) {
    Map<String, AttributeValue> key =
        Map.of(
            "agent", AttributeValue.fromS("contract"), "event_id", AttributeValue.fromS("lists"));
    AttributeValue one = AttributeValue.fromN("1");
    AttributeValue two = AttributeValue.fromN("2");
    for (AttributeValue next : List.of(one, two)) {
      table.updateItem(
          change ->
              change
                  .tableName(CLAIMS)
                  .key(key)
                  .updateExpression("SET l = list_append(if_not_exists(l, :none), :next)")
                  .expressionAttributeValues(
                      Map.of(
                          ":none",
                          AttributeValue.fromL(List.of()),
                          ":next",
                          AttributeValue.fromL(List.of(next)))));
    }
    for (List<AttributeValue> list : List.of(List.of(one), List.of(two, one))) {
      assertThatThrownBy(() -> shorten(table, key, list))
          .isInstanceOf(ConditionalCheckFailedException.class);
    }
    assertThat(shorten(table, key, List.of(one, two)))
        .containsEntry("l", AttributeValue.fromL(List.of(two)));
  }

  private static Map<String, AttributeValue> shorten(
      DynamoDbClient table, Map<String, AttributeValue> key, List<AttributeValue> from) {
    AttributeValue rest = AttributeValue.fromL(List.of(AttributeValue.fromN("2")));
    return table
        .updateItem(
            change ->
                change
                    .tableName(CLAIMS)
                    .key(key)
                    .updateExpression("SET l = :rest")
                    .conditionExpression("l = :from")
                    .expressionAttributeValues(
                        Map.of(":rest", rest, ":from", AttributeValue.fromL(from)))
                    .returnValues("ALL_NEW"))
        .attributes();
  }

  @ParameterizedTest
  @MethodSource("bothQueues")
  void aMessageThatWasReceivedIsHiddenAndCounted(ContractQueue queue) {
    MessageAttributeValue code =
        MessageAttributeValue.builder().dataType("String").stringValue("TIMEOUT").build();
    queue
        .client()
        .sendMessage(
            send ->
                send.queueUrl(queue.url())
                    .messageBody("letter")
                    .messageAttributes(Map.of("ERROR_CODE", code)));
    Message first = queue.receive(10, 1).getFirst();
    assertThat(first.body()).isEqualTo("letter");
    assertThat(first.messageAttributes().keySet()).containsExactly("ERROR_CODE");
    assertThat(first.attributes())
        .containsEntry(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1")
        .containsKey(MessageSystemAttributeName.SENT_TIMESTAMP);
    assertThat(queue.receive(10, 1)).as("hidden").isEmpty();
    Message second = queue.receiveAfter(Duration.ofSeconds(1));
    assertThat(second.messageId()).isEqualTo(first.messageId());
    assertThat(second.receiptHandle())
        .as("a receipt of its own")
        .isNotEqualTo(first.receiptHandle());
    assertThat(second.attributes())
        .containsEntry(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "2");
  }

  @ParameterizedTest
  @MethodSource("bothQueues")
  void whatIsGivenBackIsThereAtOnceAndWhatIsDeletedIsGone(ContractQueue queue) {
    queue.client().sendMessage(send -> send.queueUrl(queue.url()).messageBody("letter"));
    String receipt = queue.receive(1, 30).getFirst().receiptHandle();
    assertThat(queue.show(receipt)).isEqualTo(1);
    Message again = queue.receive(1, 30).getFirst();
    queue.delete(again.receiptHandle());
    queue.deleteByOld(again.receiptHandle());
    assertThat(queue.show(again.receiptHandle())).as("of what is gone").isZero();
    assertThat(queue.receive(1, 30)).isEmpty();
  }

  /**
   * Deleting by a receipt whose message has become visible again still works, as long as nobody has
   * received it since.
   */
  @ParameterizedTest
  @MethodSource("bothQueues")
  void aReceiptOutlivesItsHiding(ContractQueue queue) {
    queue.client().sendMessage(send -> send.queueUrl(queue.url()).messageBody("letter"));
    Message first = queue.receive(1, 0).getFirst();
    queue.delete(first.receiptHandle());
    assertThat(queue.receive(1, 30)).isEmpty();
  }

  /**
   * Whether a receipt that is not the last one still deletes is open; the last one does in any
   * case.
   */
  @ParameterizedTest
  @MethodSource("bothQueues")
  void theLastReceiptDeletesWhateverWasTriedByAnOlderOne(ContractQueue queue) {
    queue.client().sendMessage(send -> send.queueUrl(queue.url()).messageBody("letter"));
    String old = queue.receive(1, 0).getFirst().receiptHandle();
    String last = queue.receive(1, 0).getFirst().receiptHandle();
    queue.deleteByOld(old);
    queue.deleteByOld(last);
    assertThat(queue.receive(1, 30)).isEmpty();
  }
}
