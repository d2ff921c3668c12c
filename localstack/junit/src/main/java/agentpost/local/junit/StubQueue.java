package agentpost.local.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.egress.ExternalStandIns;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.StubResponder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What an agent's webhook answers in a test: what it was told, as often as it was told; then as
 * usual.
 */
final class StubQueue implements StubResponder {
  private final Deque<Answer> told = new ArrayDeque<>();
  private final List<ReceivedRequest> received = new CopyOnWriteArrayList<>();
  private final List<String> unseen = new ArrayList<>();
  private volatile StubResponder usual;
  private volatile StubResponder challenged = _ -> Optional.empty();

  /**
   * @param usual what is answered when nothing was told
   */
  StubQueue(StubResponder usual) {
    this.usual = usual;
  }

  void setDefault(StubResponder other) {
    usual = other;
  }

  /** Has another answer everything that nothing was told for, challenges too. */
  void forwardTo(StubResponder other) {
    usual = other;
    challenged = other;
  }

  /** From now on a request may come that does not say that it is this event's. */
  synchronized void begin(String eventId) {
    unseen.add(eventId);
  }

  /** From now on it will not come. */
  synchronized void end(String eventId) {
    unseen.remove(eventId);
  }

  /** Of which event a request is: as it says, else of the only one that has none yet. */
  private synchronized String eventOf(AwsRequest request) {
    String id =
        request.header("webhook-id").orElseGet(() -> unseen.size() == 1 ? unseen.getFirst() : "");
    unseen.remove(id);
    return id;
  }

  synchronized Answer add(int status) {
    Answer answer = new Answer(status);
    told.add(answer);
    return answer;
  }

  synchronized void forget() {
    told.clear();
  }

  private synchronized Optional<Answer> pollNext() {
    while (!told.isEmpty()) {
      if (told.peek().take()) {
        return Optional.of(told.peek());
      }
      told.poll();
    }
    return Optional.empty();
  }

  List<ReceivedRequest> receivedRequests() {
    return List.copyOf(received);
  }

  @Override
  public Optional<AwsResponse> answer(AwsRequest request) throws InterruptedException {
    if (ExternalStandIns.challengeIn(request.body()).isPresent()) {
      return challenged.answer(request);
    }
    String eventId = eventOf(request);
    Optional<Answer> next = pollNext();
    if (next.isPresent()) {
      Thread.sleep(next.get().before());
    }
    Optional<AwsResponse> response =
        next.isPresent() ? next.map(StubQueue::response) : usual.answer(request);
    received.add(
        new ReceivedRequest(
            eventId, request.headers(), request.body(), response.map(AwsResponse::status)));
    return response;
  }

  private static AwsResponse response(Answer answer) {
    Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "text/plain"));
    answer.asked().ifPresent(wait -> headers.put("Retry-After", Long.toString(wait.toSeconds())));
    return new AwsResponse(answer.status(), headers, answer.body().getBytes(UTF_8));
  }
}
