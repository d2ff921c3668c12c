package agentpost.local.junit;

import agentpost.delivery.Dialect;
import agentpost.delivery.OutgoingEvent;
import agentpost.delivery.OutgoingRequest;
import agentpost.http.HttpPost;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends its second request together with its third, reads both answers together, so that neither
 * delivery is over before both requests came, and says of none which event it is of.
 */
public final class TogetherDialect implements Dialect {
  private static final AtomicInteger MADE = new AtomicInteger();
  private static final CyclicBarrier BOTH = new CyclicBarrier(2);

  @Override
  public String name() {
    return "together";
  }

  @Override
  public OutgoingRequest request(OutgoingEvent event) {
    if (MADE.getAndIncrement() > 0) {
      awaitOther();
    }
    return new OutgoingRequest(Map.of(), new byte[0]);
  }

  @Override
  public Meaning interpret(HttpPost.Answer.Answered answer) {
    if (MADE.get() > 1) {
      awaitOther();
    }
    return new Meaning.AsHttp();
  }

  private static void awaitOther() {
    try {
      BOTH.await(4, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
