package agentpost.local.eventbridge;

import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * No body, for a request that goes out once. The JDK's client sends {@code GET} and {@code HEAD} again by itself if the connection closes
 * before the answer, which would be two requests for one attempt; no property turns that off. It asks for the length each time it sends.
 */
final class SentOnce implements HttpRequest.BodyPublisher {
  private final HttpRequest.BodyPublisher none = HttpRequest.BodyPublishers.noBody();
  private final AtomicBoolean sent = new AtomicBoolean();

  @Override
  public long contentLength() {
    if (sent.getAndSet(true)) {
      throw new UncheckedIOException(new EOFException("the connection closed before an answer"));
    }
    return none.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    none.subscribe(subscriber);
  }
}
