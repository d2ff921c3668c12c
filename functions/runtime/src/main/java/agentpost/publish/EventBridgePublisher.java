package agentpost.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.platform.Backoff;
import agentpost.platform.Platform;
import agentpost.platform.PlatformLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/**
 * Publishes with PutEvents, which can refuse some entries of a call and accept the others. It puts
 * only the failed ones again; the SDK retries a call that fails whole.
 */
public final class EventBridgePublisher implements Publisher {
  /** PutEvents' own limits: entries, and bytes of a call. */
  private static final int MAX_ENTRIES = 10;

  private static final int MAX_BYTES = 1_000_000;

  /** Of one entry: "less than 1 MB", of which the larger reading is 1 MiB. */
  private static final int ENTRY_LIMIT_BYTES = 1024 * 1024;

  /**
   * Time in an entry's size, whether or not it is given (EventBridge user guide, "Calculating
   * PutEvents event entry size").
   */
  private static final int TIME_BYTES = 14;

  private static final int MAX_TRIES = 4;
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));

  /** Waits between tries. */
  @FunctionalInterface
  public interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  private final EventBridgeClient client;
  private final String bus;
  private final Pause pause;
  private final EventCodec codec = new EventCodec();

  public EventBridgePublisher(EventBridgeClient client, String bus, Pause pause) {
    this.client = client;
    this.bus = bus;
    this.pause = pause;
  }

  public static EventBridgePublisher from(Platform platform, String bus) {
    return new EventBridgePublisher(
        platform.aws().create(EventBridgeClient.builder()), bus, Thread::sleep);
  }

  @Override
  public Publication publish(List<Event> events) {
    List<PutEventsRequestEntry> entries = events.stream().map(this::entry).toList();
    List<String> tooLarge =
        entries.stream()
            .filter(entry -> size(entry) >= ENTRY_LIMIT_BYTES)
            .map(
                entry ->
                    entry.detailType()
                        + " has "
                        + size(entry)
                        + " bytes; EventBridge takes less than 1 MB")
            .toList();
    if (!tooLarge.isEmpty()) {
      return new Publication.Failed(tooLarge, true);
    }
    List<String> reasons = new ArrayList<>();
    for (List<PutEventsRequestEntry> batch : batches(entries)) {
      Publication.Failed failed = put(batch);
      if (failed.isLasting()) {
        return failed;
      }
      reasons.addAll(failed.reasons());
    }
    return reasons.isEmpty() ? new Publication.Published() : new Publication.Failed(reasons);
  }

  /** What failed of it, perhaps nothing. */
  private Publication.Failed put(List<PutEventsRequestEntry> batch) {
    List<PutEventsRequestEntry> left = batch;
    List<String> reasons = List.of();
    for (int tries = 1; !left.isEmpty() && tries <= MAX_TRIES; tries++) {
      if (tries > 1 && !pause(tries - 1)) {
        return new Publication.Failed(reasons);
      }
      List<PutEventsRequestEntry> entries = left;
      PutEventsResponse response;
      try {
        response = client.putEvents(request -> request.entries(entries));
      } catch (SdkException e) {
        // A call of several may be over the limit where none of its entries is.
        return entries.size() == 1
            ? PlatformLimits.explain(e)
                .map(why -> new Publication.Failed(List.of(why), true))
                .orElseGet(() -> explainFailedCall(e))
            : explainFailedCall(e);
      }
      List<PutEventsRequestEntry> failed = new ArrayList<>();
      List<String> why = new ArrayList<>();
      for (int i = 0; i < entries.size(); i++) {
        PutEventsResultEntry result = response.entries().get(i);
        if (result.errorCode() != null) {
          failed.add(entries.get(i));
          why.add(entries.get(i).detailType() + ": " + result.errorCode());
        }
      }
      left = failed;
      reasons = why;
    }
    return new Publication.Failed(reasons);
  }

  private static Publication.Failed explainFailedCall(SdkException e) {
    return new Publication.Failed(List.of("PutEvents failed: " + e.getClass().getSimpleName()));
  }

  /** False if the thread was told to stop. */
  private boolean pause(int failures) {
    try {
      pause.sleep(BACKOFF.delayAfter(failures, () -> ThreadLocalRandom.current().nextDouble()));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static List<List<PutEventsRequestEntry>> batches(List<PutEventsRequestEntry> entries) {
    List<List<PutEventsRequestEntry>> batches = new ArrayList<>();
    List<PutEventsRequestEntry> batch = new ArrayList<>();
    int bytes = 0;
    for (PutEventsRequestEntry entry : entries) {
      int size = size(entry);
      if (batch.size() == MAX_ENTRIES || (!batch.isEmpty() && bytes + size > MAX_BYTES)) {
        batches.add(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(entry);
      bytes += size;
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  private PutEventsRequestEntry entry(Event event) {
    return PutEventsRequestEntry.builder()
        .eventBusName(bus)
        .source(event.metadata().sourceService())
        .detailType(event.type())
        .time(event.timestamp())
        .detail(codec.write(event))
        .build();
  }

  private static int size(PutEventsRequestEntry entry) {
    return TIME_BYTES
        + entry.source().getBytes(UTF_8).length
        + entry.detailType().getBytes(UTF_8).length
        + entry.detail().getBytes(UTF_8).length;
  }
}
