package agentpost.local.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.apigateway.StubResponder;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.util.ArrayDeque;
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
  private volatile StubResponder usual;

  /**
   * @param usual what is answered when nothing was told
   */
  StubQueue(StubResponder usual) {
    this.usual = usual;
  }

  void setDefault(StubResponder other) {
    usual = other;
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
    Optional<Answer> next = pollNext();
    if (next.isPresent()) {
      Thread.sleep(next.get().before());
    }
    Optional<AwsResponse> response =
        next.isPresent() ? next.map(StubQueue::response) : usual.answer(request);
    received.add(
        new ReceivedRequest(request.headers(), request.body(), response.map(AwsResponse::status)));
    return response;
  }

  private static AwsResponse response(Answer answer) {
    Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "text/plain"));
    answer.asked().ifPresent(wait -> headers.put("Retry-After", Long.toString(wait.toSeconds())));
    return new AwsResponse(
        answer.status(),
        headers,
        ("told by the test to answer " + answer.status()).getBytes(UTF_8));
  }
}
