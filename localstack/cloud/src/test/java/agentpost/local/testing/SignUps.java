package agentpost.local.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** Sign-ups that go on while a test changes something under them, each with an id of its own. */
public final class SignUps implements AutoCloseable {
  /** The pattern of a rule that takes them. */
  public static final String PATTERN =
      "{\"source\":[\"authentication_service\"],\"detail-type\":[\"user.signed_up\"]}";

  private final Set<String> ids = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final EventBridgeClient events;

  /**
   * @param events closed with this
   */
  public SignUps(EventBridgeClient events) {
    this.events = events;
  }

  /** Puts one now and another each time this long has passed since the last. */
  public void putEvery(Duration pause) {
    ScheduledFuture<?> _ =
        timer.scheduleWithFixedDelay(this::putNext, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void putNext() {
    String id = "sign-up-" + ids.size();
    put(events, id);
    ids.add(id);
  }

  /** Puts one of now. */
  public static void put(EventBridgeClient events, String id) {
    String detail =
        """
        {"event_id":"%s","event_type":"user.signed_up","timestamp":"%s","data":{"user_id":"usr-1","email":"ada@example.com","plan":"premium_trial",\
        "signup_source":"campaign","location":"US-CA"},"metadata":{"source_service":"authentication_service","correlation_id":"corr-1"}}\
        """
            .formatted(id, Instant.now());
    events.putEvents(
        entries ->
            entries.entries(
                PutEventsRequestEntry.builder()
                    .eventBusName("agentpost")
                    .source("authentication_service")
                    .detailType("user.signed_up")
                    .detail(detail)
                    .build()));
  }

  /** Puts no more. */
  public void end() throws InterruptedException {
    timer.shutdown();
    assertThat(timer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  /** The ids of all that are on the bus. */
  public List<String> ids() {
    return List.copyOf(ids);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    events.close();
  }
}
