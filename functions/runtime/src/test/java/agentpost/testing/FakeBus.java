package agentpost.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequest;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/** Takes PutEvents calls, and fails the entries, or the calls, that it is told to. */
public final class FakeBus implements EventBridgeClient {
  private final List<List<PutEventsRequestEntry>> calls = new ArrayList<>();
  private final List<PutEventsRequestEntry> accepted = new ArrayList<>();
  private final Queue<Set<Integer>> failing = new ArrayDeque<>();
  private boolean down;

  /** The next call's entries with these indexes fail; one set for each call to come. */
  public FakeBus failNext(Set<Integer> indexes) {
    failing.add(indexes);
    return this;
  }

  public synchronized void down(boolean isDown) {
    down = isDown;
  }

  public synchronized List<List<PutEventsRequestEntry>> calls() {
    return List.copyOf(calls);
  }

  public synchronized List<PutEventsRequestEntry> accepted() {
    return List.copyOf(accepted);
  }

  @Override
  public synchronized PutEventsResponse putEvents(PutEventsRequest request) {
    calls.add(request.entries());
    if (down) {
      throw SdkClientException.create("no route to EventBridge");
    }
    Set<Integer> fails = failing.isEmpty() ? Set.of() : failing.remove();
    List<PutEventsResultEntry> results = new ArrayList<>();
    for (int i = 0; i < request.entries().size(); i++) {
      if (fails.contains(i)) {
        results.add(
            PutEventsResultEntry.builder()
                .errorCode("ThrottlingException")
                .errorMessage("Rate exceeded")
                .build());
      } else {
        accepted.add(request.entries().get(i));
        results.add(PutEventsResultEntry.builder().eventId("id-" + accepted.size()).build());
      }
    }
    return PutEventsResponse.builder().entries(results).failedEntryCount(fails.size()).build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
