package agentpost.verification;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;

/**
 * What the receiver is to answer, and what reached it: a row for each event, key {@code event_id}.
 * An event without a row is a stranger's, of which nothing is kept.
 */
public record ReceiverTable(DynamoDbClient client, String table) {
  private static final String KEY = "event_id";
  private static final String SCRIPT = "script";
  private static final String ATTEMPTS = "attempts";

  /**
   * @param answers to the attempts, in their order; the last one to all others too
   */
  public void expect(String eventId, List<ScriptedAnswer> answers) {
    client.putItem(
        put ->
            put.tableName(table)
                .item(
                    Map.of(
                        KEY,
                        text(eventId),
                        SCRIPT,
                        list(answers.stream().map(ReceiverTable::write).toList()),
                        ATTEMPTS,
                        list(List.of()))));
  }

  /**
   * Writes down an attempt.
   *
   * @return what it is to be answered; nothing if the event is a stranger's
   */
  Optional<ScriptedAnswer> record(String eventId, ReceivedAttempt attempt) {
    try {
      Map<String, AttributeValue> row =
          client
              .updateItem(
                  update ->
                      update
                          .tableName(table)
                          .key(Map.of(KEY, text(eventId)))
                          .conditionExpression("attribute_exists(event_id)")
                          .updateExpression("SET attempts = list_append(attempts, :one)")
                          .expressionAttributeValues(Map.of(":one", list(List.of(write(attempt)))))
                          .returnValues(ReturnValue.ALL_NEW))
              .attributes();
      return Optional.of(answer(row, listOf(row, ATTEMPTS).size() - 1));
    } catch (ConditionalCheckFailedException e) {
      return Optional.empty();
    }
  }

  /** In the order in which they came. */
  public List<ReceivedAttempt> attempts(String eventId) {
    Map<String, AttributeValue> row =
        client
            .getItem(
                get -> get.tableName(table).key(Map.of(KEY, text(eventId))).consistentRead(true))
            .item();
    List<ReceivedAttempt> attempts = new ArrayList<>();
    for (AttributeValue one : listOf(row, ATTEMPTS)) {
      attempts.add(read(one.m(), answer(row, attempts.size()).status()));
    }
    return attempts;
  }

  private static ScriptedAnswer answer(Map<String, AttributeValue> row, int attempt) {
    List<AttributeValue> script = listOf(row, SCRIPT);
    Map<String, AttributeValue> answer = script.get(Math.min(attempt, script.size() - 1)).m();
    return new ScriptedAnswer(
        number(answer, "status"), number(answer, "retry_after"), number(answer, "delay"));
  }

  private static AttributeValue write(ScriptedAnswer answer) {
    return AttributeValue.fromM(
        Map.of(
            "status",
            number(answer.status()),
            "retry_after",
            number(answer.retryAfter()),
            "delay",
            number(answer.delay())));
  }

  private static AttributeValue write(ReceivedAttempt attempt) {
    return AttributeValue.fromM(
        Map.of(
            "at",
            text(attempt.at().toString()),
            "verified",
            text(attempt.verified()),
            "id",
            text(attempt.id()),
            "signatures",
            text(attempt.signatures()),
            "body",
            text(attempt.body())));
  }

  private static ReceivedAttempt read(Map<String, AttributeValue> item, int answered) {
    return new ReceivedAttempt(
        Instant.parse(textOf(item, "at")),
        textOf(item, "verified"),
        textOf(item, "id"),
        textOf(item, "signatures"),
        textOf(item, "body"),
        answered);
  }

  private static List<AttributeValue> listOf(Map<String, AttributeValue> item, String name) {
    return Optional.ofNullable(item.get(name)).map(AttributeValue::l).orElse(List.of());
  }

  private static String textOf(Map<String, AttributeValue> item, String name) {
    return Optional.ofNullable(item.get(name)).map(AttributeValue::s).orElse("");
  }

  private static int number(Map<String, AttributeValue> item, String name) {
    return Optional.ofNullable(item.get(name)).map(value -> Integer.parseInt(value.n())).orElse(0);
  }

  private static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }

  private static AttributeValue number(int number) {
    return AttributeValue.fromN(Integer.toString(number));
  }

  private static AttributeValue list(List<AttributeValue> values) {
    return AttributeValue.fromL(values);
  }
}
