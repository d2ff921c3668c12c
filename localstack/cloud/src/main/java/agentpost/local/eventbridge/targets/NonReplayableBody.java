package agentpost.local.eventbridge.targets;

import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * A body for one request on the wire. The JDK's client sends a GET or a HEAD again, and says
 * nothing of it, if the connection ends without an answer; but what EventBridge does is one
 * attempt, and the next one is the retry policy's. The client asks for the length before it writes
 * a request's first byte, each time: the second time there is none.
 */
final class NonReplayableBody implements HttpRequest.BodyPublisher {
  private final HttpRequest.BodyPublisher body;
  private final CompletableFuture<Void> sent = new CompletableFuture<>();

  NonReplayableBody(HttpRequest.BodyPublisher body) {
    this.body = body;
  }

  /** Done when the request's first byte is about to be written: then there is a connection. */
  CompletableFuture<Void> sentSignal() {
    return sent;
  }

  @Override
  public long contentLength() {
    if (!sent.complete(null)) {
      throw new UncheckedIOException(new EOFException("the connection ended without an answer"));
    }
    return body.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    body.subscribe(subscriber);
  }
}
