package agentpost.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;

/** One standard queue with a redrive policy, by a clock that is moved. */
public final class FakeQueue implements SqsClient {
  private final Clock clock;
  private final Duration visibility;
  private final int mostReceives;
  private final Map<String, Message> messages = new LinkedHashMap<>();
  private final List<String> deadLetters = new ArrayList<>();
  private volatile Optional<RuntimeException> fault = Optional.empty();
  private int sent;

  /**
   * @param receives with this one; the id is the receipt handle, too
   */
  public record Message(String id, String body, int receives, Instant visibleFrom) {}

  public FakeQueue(Clock clock, Duration visibility, int mostReceives) {
    this.clock = clock;
    this.visibility = visibility;
    this.mostReceives = mostReceives;
  }

  public void failing(Optional<RuntimeException> how) {
    fault = how;
  }

  @Override
  public synchronized SendMessageResponse sendMessage(SendMessageRequest request) {
    fault.ifPresent(FakeQueue::raise);
    String id = "message-" + ++sent;
    messages.put(id, new Message(id, request.messageBody(), 0, clock.instant()));
    return SendMessageResponse.builder().messageId(id).build();
  }

  @Override
  public synchronized ChangeMessageVisibilityResponse changeMessageVisibility(
      ChangeMessageVisibilityRequest request) {
    fault.ifPresent(FakeQueue::raise);
    messages.computeIfPresent(
        request.receiptHandle(),
        (id, message) ->
            new Message(
                id,
                message.body(),
                message.receives(),
                clock.instant().plusSeconds(request.visibilityTimeout())));
    return ChangeMessageVisibilityResponse.builder().build();
  }

  private static void raise(RuntimeException e) {
    throw e;
  }

  /**
   * Up to that many messages that are visible, each hidden from now on; what was received too often
   * goes to the dead letters.
   */
  public synchronized List<Message> receive(int most) {
    List<Message> visible =
        messages.values().stream()
            .filter(message -> !message.visibleFrom().isAfter(clock.instant()))
            .toList();
    List<Message> received = new ArrayList<>();
    for (Message message : visible) {
      if (message.receives() >= mostReceives) {
        messages.remove(message.id());
        deadLetters.add(message.body());
      } else if (received.size() < most) {
        Message now =
            new Message(
                message.id(),
                message.body(),
                message.receives() + 1,
                clock.instant().plus(visibility));
        messages.put(message.id(), now);
        received.add(now);
      }
    }
    return received;
  }

  public synchronized void delete(String id) {
    messages.remove(id);
  }

  public synchronized List<Message> messages() {
    return List.copyOf(messages.values());
  }

  public synchronized List<String> deadLetters() {
    return List.copyOf(deadLetters);
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
