package agentpost.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;

/**
 * Keeps an answer's first bytes and reads the rest to its end, so that an agent that says much is
 * still one that answered.
 */
final class BoundedBodySubscriber implements Flow.Subscriber<List<ByteBuffer>> {
  private final int most;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  private BoundedBodySubscriber(int most) {
    this.most = most;
  }

  static BodySubscriber<byte[]> subscriber(int most) {
    return BodySubscribers.fromSubscriber(
        new BoundedBodySubscriber(most), first -> first.kept.toByteArray());
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[Math.min(buffer.remaining(), most - kept.size())];
      buffer.get(bytes);
      kept.writeBytes(bytes);
    }
  }

  @Override
  public void onError(Throwable error) {}

  @Override
  public void onComplete() {}
}
