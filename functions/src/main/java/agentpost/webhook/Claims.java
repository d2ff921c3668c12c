package agentpost.webhook;

import agentpost.event.AgentName;
import agentpost.event.EventId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Who is handling, or has handled, an event: one row for an agent and an event id. A row in progress has a lease that outlives the function
 * that took it; when the function dies the lease runs out and the next attempt takes over. Times are wall-clock UTC; leases are in
 * milliseconds, {@code expires_at} in seconds, as DynamoDB's TTL asks.
 */
public final class Claims {
  /** Longer than an event can come back: 24 h of retries, 14 days in a dead-letter queue, and then some. */
  static final Duration KEPT = Duration.ofDays(30);

  private static final String TAKE =
      "attribute_not_exists(event_id) OR expires_at < :now_seconds OR (#status = :in_progress AND lease_until < :now_millis)";

  /** What came of taking a claim. */
  public sealed interface Claim {
    /** This attempt is to act, and holds the claim under this name. */
    record Mine(String owner) implements Claim {}

    /** It is done already. */
    record Done() implements Claim {}

    /** Another attempt is acting; its lease ends in this time at the latest. */
    record Held(Duration leaseLeft) implements Claim {}

    /** The table did not answer. */
    record Unavailable(String why) implements Claim {}
  }

  private final DynamoDbClient client;
  private final String table;
  private final AgentName agent;
  private final Clock clock;

  public Claims(DynamoDbClient client, String table, AgentName agent, Clock clock) {
    this.client = client;
    this.table = table;
    this.agent = agent;
    this.clock = clock;
  }

  /** One conditional write: of two attempts at the same instant, one gets {@link Claim.Mine}. */
  public Claim take(EventId id, Duration lease) {
    Instant now = clock.instant();
    String owner = UUID.randomUUID().toString();
    Map<String, AttributeValue> row =
        Map.of(
            "agent", text(agent.value()),
            "event_id", text(id.value()),
            "status", text("IN_PROGRESS"),
            "owner", text(owner),
            "lease_until", number(now.plus(lease).toEpochMilli()),
            "claimed_at", text(now.toString()),
            "expires_at", number(now.plus(KEPT).getEpochSecond()));
    try {
      client.putItem(
          put ->
              put.tableName(table)
                  .item(row)
                  .conditionExpression(TAKE)
                  .expressionAttributeNames(Map.of("#status", "status"))
                  .expressionAttributeValues(
                      Map.of(
                          ":in_progress", text("IN_PROGRESS"),
                          ":now_millis", number(now.toEpochMilli()),
                          ":now_seconds", number(now.getEpochSecond())))
                  .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return new Claim.Mine(owner);
    } catch (ConditionalCheckFailedException e) {
      return taken(e.item(), owner, now);
    } catch (SdkException e) {
      return new Claim.Unavailable(e.getClass().getSimpleName());
    }
  }

  private static Claim taken(Map<String, AttributeValue> row, String owner, Instant now) {
    if (text(owner).equals(row.get("owner"))) {
      // The SDK wrote again because the answer to its first write was lost; that write had taken the claim.
      return new Claim.Mine(owner);
    }
    if (text("DONE").equals(row.get("status"))) {
      return new Claim.Done();
    }
    AttributeValue lease = row.get("lease_until");
    // Without the row nothing is known of the lease; a second is the shortest wait that can be asked for.
    return new Claim.Held(lease == null ? Duration.ofSeconds(1) : Duration.between(now, Instant.ofEpochMilli(Long.parseLong(lease.n()))));
  }

  /** Marks the event done. True if it is; false if the table did not answer, and the event may be handled again. */
  public boolean done(EventId id, String owner) {
    try {
      client.updateItem(
          update ->
              update
                  .tableName(table)
                  .key(key(id))
                  .updateExpression("SET #status = :done, done_at = :now REMOVE lease_until")
                  // Another attempt may have taken over after the lease; it marks it done itself. The owner stays, so that the SDK may
                  // write this again when an answer is lost.
                  .conditionExpression("#owner = :owner")
                  .expressionAttributeNames(Map.of("#status", "status", "#owner", "owner"))
                  .expressionAttributeValues(
                      Map.of(":done", text("DONE"), ":now", text(clock.instant().toString()), ":owner", text(owner))));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    } catch (SdkException e) {
      return false;
    }
  }

  /** Gives the claim back, so that the next attempt need not wait for the lease. If that fails, it waits. */
  public void release(EventId id, String owner) {
    try {
      client.deleteItem(
          delete ->
              delete
                  .tableName(table)
                  .key(key(id))
                  .conditionExpression("#owner = :owner")
                  .expressionAttributeNames(Map.of("#owner", "owner"))
                  .expressionAttributeValues(Map.of(":owner", text(owner))));
    } catch (SdkException e) {
      // The lease runs out by itself; the attempt is answered with 503 either way.
      return;
    }
  }

  private Map<String, AttributeValue> key(EventId id) {
    return Map.of("agent", text(agent.value()), "event_id", text(id.value()));
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
