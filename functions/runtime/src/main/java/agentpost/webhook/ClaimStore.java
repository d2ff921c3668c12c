package agentpost.webhook;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.event.EventId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Who is handling, or has handled, an event: one row for an agent and an event id. A row in
 * progress has a lease that outlives the function that took it; when the function dies the lease
 * runs out and the next attempt takes over. Times are wall-clock UTC; leases are in milliseconds,
 * {@code expires_at} in seconds, as DynamoDB's TTL asks.
 */
public final class ClaimStore {
  /**
   * Longer than an event can come back: it may be replayed on the last of its 30 days in the
   * archive, be retried for a day, lie in a dead-letter queue for 14, and be redriven then. A day
   * is for clocks.
   */
  static final Duration RETENTION = Duration.ofDays(46);

  private static final String TAKE =
      "attribute_not_exists(event_id) OR expires_at < :now_seconds OR (#status = :in_progress AND"
          + " lease_until < :now_millis)";

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

  public ClaimStore(DynamoDbClient client, String table, AgentName agent, Clock clock) {
    this.client = client;
    this.table = table;
    this.agent = agent;
    this.clock = clock;
  }

  /** One conditional write: of two attempts at the same instant, one gets {@link Claim.Mine}. */
  public Claim take(EventId id, Duration lease) {
    return take(id, lease, Map.of());
  }

  /** The same, and the claim says which event it is of, so that {@link #findHandled} finds it. */
  public Claim take(Event event, Duration lease) {
    return take(
        event.id(),
        lease,
        Map.of(
            "event_type",
            text(event.type()),
            "event_at",
            number(event.timestamp().toEpochMilli())));
  }

  private Claim take(EventId id, Duration lease, Map<String, AttributeValue> of) {
    Instant now = clock.instant();
    String owner = UUID.randomUUID().toString();
    Map<String, AttributeValue> row = new HashMap<>(of);
    row.putAll(
        Map.of(
            "agent", text(agent.value()),
            "event_id", text(id.value()),
            "status", text("IN_PROGRESS"),
            "owner", text(owner),
            "lease_until", number(now.plus(lease).toEpochMilli()),
            "claimed_at", text(now.toString()),
            "expires_at", number(now.plus(RETENTION).getEpochSecond())));
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
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return new Claim.Mine(owner);
    } catch (ConditionalCheckFailedException e) {
      return recoverClaim(e.item(), owner, now);
    } catch (SdkException e) {
      return new Claim.Unavailable(e.getClass().getSimpleName());
    }
  }

  private static Claim recoverClaim(Map<String, AttributeValue> row, String owner, Instant now) {
    if (text(owner).equals(row.get("owner"))) {
      // The SDK wrote again because the answer to its first write was lost; that write had taken
      // the claim.
      return new Claim.Mine(owner);
    }
    if (text("DONE").equals(row.get("status"))) {
      return new Claim.Done();
    }
    AttributeValue lease = row.get("lease_until");
    // Without the row nothing is known of the lease; a second is the shortest wait that can be
    // asked for.
    return new Claim.Held(
        lease == null
            ? Duration.ofSeconds(1)
            : Duration.between(now, Instant.ofEpochMilli(Long.parseLong(lease.n()))));
  }

  /**
   * Whether an attempt now would not act: the event is done, or another attempt is at it. Failures
   * of DynamoDB are thrown as the SDK throws them.
   */
  public boolean isTaken(EventId id) {
    Instant now = clock.instant();
    Map<String, AttributeValue> row =
        client.getItem(get -> get.tableName(table).key(key(id)).consistentRead(true)).item();
    boolean isCurrent =
        Long.parseLong(row.getOrDefault("expires_at", number(0)).n()) >= now.getEpochSecond();
    boolean isDone = text("DONE").equals(row.get("status"));
    return isCurrent
        && (isDone
            || Long.parseLong(row.getOrDefault("lease_until", number(0)).n())
                >= now.toEpochMilli());
  }

  /**
   * Marks the event done. True if it is; false if the table did not answer, and the event may be
   * handled again.
   */
  public boolean markDone(EventId id, String owner) {
    try {
      client.updateItem(
          update ->
              update
                  .tableName(table)
                  .key(key(id))
                  .updateExpression("SET #status = :done, done_at = :now REMOVE lease_until")
                  // Another attempt may have taken over after the lease; it marks it done itself.
                  // The owner stays, so that the SDK may write this again when an answer is lost.
                  .conditionExpression("#owner = :owner")
                  .expressionAttributeNames(Map.of("#status", "status", "#owner", "owner"))
                  .expressionAttributeValues(
                      Map.of(
                          ":done",
                          text("DONE"),
                          ":now",
                          text(clock.instant().toString()),
                          ":owner",
                          text(owner))));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    } catch (SdkException e) {
      return false;
    }
  }

  /**
   * Gives the claim back, so that the next attempt need not wait for the lease. If that fails, it
   * waits.
   */
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

  /**
   * The events of these types, or of any if there are none, that happened from one time and before
   * the other and are done. It reads all claims of the agent to find them. Failures of DynamoDB are
   * thrown as the SDK throws them.
   */
  public List<EventId> findHandled(Instant from, Instant to, Set<String> types) {
    List<EventId> handled = new ArrayList<>();
    Map<String, AttributeValue> start = Map.of();
    do {
      QueryResponse page = client.query(handledQuery(from, to, start));
      for (Map<String, AttributeValue> row : page.items()) {
        if (types.isEmpty() || types.contains(row.getOrDefault("event_type", text("")).s())) {
          handled.add(new EventId(row.getOrDefault("event_id", text("")).s()));
        }
      }
      start = page.lastEvaluatedKey();
    } while (!start.isEmpty());
    return handled;
  }

  private QueryRequest handledQuery(Instant from, Instant to, Map<String, AttributeValue> start) {
    QueryRequest.Builder query =
        QueryRequest.builder()
            .tableName(table)
            .keyConditionExpression("#agent = :agent")
            .filterExpression("#status = :done AND event_at >= :from AND event_at < :to")
            .projectionExpression("event_id, event_type")
            .expressionAttributeNames(Map.of("#agent", "agent", "#status", "status"))
            .expressionAttributeValues(
                Map.of(
                    ":agent",
                    text(agent.value()),
                    ":done",
                    text("DONE"),
                    ":from",
                    number(from.toEpochMilli()),
                    ":to",
                    number(to.toEpochMilli())))
            .consistentRead(true);
    return (start.isEmpty() ? query : query.exclusiveStartKey(start)).build();
  }

  /**
   * Forgets that an event is done, so that it is acted on when it comes again. False if it is not
   * done: an attempt under way goes on.
   */
  public boolean forget(EventId id) {
    try {
      client.deleteItem(
          delete ->
              delete
                  .tableName(table)
                  .key(key(id))
                  .conditionExpression("#status = :done")
                  .expressionAttributeNames(Map.of("#status", "status"))
                  .expressionAttributeValues(Map.of(":done", text("DONE"))));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
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
