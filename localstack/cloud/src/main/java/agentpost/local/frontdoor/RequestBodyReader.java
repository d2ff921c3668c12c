package agentpost.local.frontdoor;

import agentpost.local.wire.AwsException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Reads requests' bodies: each within a size and a time, and all that are in hand together within a
 * size. Who declares much and sends little holds no memory; who sends slowly holds a virtual
 * thread, until its time is up.
 */
final class RequestBodyReader {
  private final FrontDoorLimits limits;
  private final AtomicLong inHand = new AtomicLong();

  RequestBodyReader(FrontDoorLimits limits) {
    this.limits = limits;
  }

  /**
   * Counts an answer as in hand until it is read.
   *
   * @throws AwsException if there is no room for it beside others
   */
  void reserveAnswer(long length) {
    if (inHand.addAndGet(length) > limits.mostInHand()) {
      inHand.addAndGet(-length);
      throw fullException();
    }
  }

  void releaseAnswer(long length) {
    inHand.addAndGet(-length);
  }

  private AwsException fullException() {
    return new AwsException(
        503,
        "SlowDown",
        "The local cloud has "
            + limits.mostInHand()
            + " bytes of requests and answers in hand; send it again");
  }

  /** A body that counts as in hand until it is closed. */
  final class Body implements AutoCloseable {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long counted;

    byte[] bytes() {
      return bytes.toByteArray();
    }

    private void add(ByteBuffer part) {
      int length = part.remaining();
      counted += length;
      if (inHand.addAndGet(length) > limits.mostInHand()) {
        throw fullException();
      }
      if (counted > limits.largestBody()) {
        throw tooLargeException();
      }
      byte[] copy = new byte[length];
      part.get(copy);
      bytes.writeBytes(copy);
    }

    @Override
    public void close() {
      inHand.addAndGet(-counted);
      counted = 0;
    }
  }

  /**
   * @throws AwsException if it is too large, too slow, not what its head says it is, or too much
   *     beside others
   */
  Body read(Request request) throws InterruptedException {
    if (request.getLength() > limits.largestBody()) {
      throw tooLargeException();
    }
    long end = System.nanoTime() + limits.body().toNanos();
    Body body = new Body();
    boolean whole = false;
    try {
      while (!whole) {
        whole = part(request, body, end);
      }
      return body;
    } finally {
      if (!whole) {
        body.close();
      }
    }
  }

  /**
   * @return whether it was the last
   */
  private boolean part(Request request, Body body, long end) throws InterruptedException {
    Content.Chunk chunk = request.read();
    if (chunk == null) {
      await(request, end);
      return false;
    }
    if (Content.Chunk.isFailure(chunk)) {
      throw new AwsException(
          400,
          "IncompleteBody",
          "The request's body is not what its head says it is, or ended early");
    }
    try {
      body.add(chunk.getByteBuffer());
      return chunk.isLast();
    } finally {
      chunk.release();
    }
  }

  private void await(Request request, long end) throws InterruptedException {
    CompletableFuture<Boolean> more = new CompletableFuture<>();
    request.demand(() -> more.complete(true));
    try {
      more.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      request.fail(e);
      throw new AwsException(
          408,
          "RequestTimeout",
          "The request's body did not come within " + limits.body().toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new IllegalStateException("Nothing completes this with a failure", e);
    }
  }

  private AwsException tooLargeException() {
    return new AwsException(
        413,
        "RequestEntityTooLargeException",
        "The local cloud takes requests of at most " + limits.largestBody() + " bytes");
  }
}
