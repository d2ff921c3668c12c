package agentpost.delivery;

import agentpost.platform.Network;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Connects to the first of a host's addresses that lets it, as RFC 8305 has it: the next is tried
 * when one has failed or is silent for a moment, and those before go on. So an address where
 * nothing answers, or where nobody speaks TLS, costs a quarter of a second and not all the time
 * there is.
 */
final class HappyEyeballs {
  /** RFC 8305, section 5: the recommended Connection Attempt Delay. */
  static final Duration CONNECTION_ATTEMPT_DELAY = Duration.ofMillis(250);

  /** In the time of one delivery all of these begin. */
  static final int MAX_ADDRESSES = 10;

  private sealed interface Attempt {
    record Connected(Socket socket) implements Attempt {}

    record Failed(Exception why) implements Attempt {}
  }

  private final Network network;

  HappyEyeballs(Network network) {
    this.network = network;
  }

  /**
   * @param addresses that may be connected to; each was checked
   * @param within for one attempt; an interrupt ends all of them
   * @throws IOException as the last attempt to fail did
   */
  Socket connect(String host, List<InetAddress> addresses, int port, Duration within)
      throws IOException, InterruptedException {
    Race race = new Race();
    try {
      Iterator<InetAddress> left =
          alternateFamilies(addresses).stream().limit(MAX_ADDRESSES).iterator();
      IOException failure = new ConnectException("The host has no address");
      int running = 0;
      while (left.hasNext() || running > 0) {
        if (left.hasNext()) {
          InetAddress address = left.next();
          race.begin(() -> network.connect(host, address, port, within));
          running++;
        }
        switch (left.hasNext()
            ? race.ended.poll(CONNECTION_ATTEMPT_DELAY.toMillis(), TimeUnit.MILLISECONDS)
            : race.ended.take()) {
          case Attempt.Connected(var socket) -> {
            return socket;
          }
          case Attempt.Failed(IOException why) -> {
            failure = why;
            running--;
          }
          case Attempt.Failed(var why) ->
              throw new IllegalStateException("A connection that could not be tried", why);
          case null -> {}
        }
      }
      throw failure;
    } finally {
      race.close();
    }
  }

  /**
   * The families in turn, beginning with the first address's, so that one that leads nowhere does
   * not hold up the other (RFC 8305, section 4).
   */
  private static List<InetAddress> alternateFamilies(List<InetAddress> addresses) {
    boolean sixFirst = addresses.getFirst() instanceof Inet6Address;
    Iterator<InetAddress> first =
        addresses.stream()
            .filter(address -> address instanceof Inet6Address == sixFirst)
            .iterator();
    Iterator<InetAddress> second =
        addresses.stream()
            .filter(address -> address instanceof Inet6Address != sixFirst)
            .iterator();
    List<InetAddress> all = new ArrayList<>();
    while (first.hasNext() || second.hasNext()) {
      if (first.hasNext()) {
        all.add(first.next());
      }
      if (second.hasNext()) {
        all.add(second.next());
      }
    }
    return all;
  }

  @FunctionalInterface
  private interface Connecting {
    Socket connect() throws IOException;
  }

  /**
   * What is under way. Whoever takes the winner closes it; then the others end, and one that
   * connects all the same is closed.
   */
  private static final class Race implements AutoCloseable {
    private final BlockingQueue<Attempt> ended = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private boolean over;

    void begin(Connecting connecting) {
      threads.add(Thread.ofVirtual().name("connect").start(() -> end(attempt(connecting))));
    }

    private static Attempt attempt(Connecting connecting) {
      try {
        return new Attempt.Connected(connecting.connect());
      } catch (IOException | RuntimeException e) {
        return new Attempt.Failed(e);
      }
    }

    private synchronized void end(Attempt attempt) {
      if (over) {
        discard(attempt);
      } else {
        ended.add(attempt);
      }
    }

    private static void discard(Attempt attempt) {
      if (attempt instanceof Attempt.Connected(var socket)) {
        try {
          socket.close();
        } catch (IOException e) {
          return; // Nothing was sent on it.
        }
      }
    }

    @Override
    public synchronized void close() {
      over = true;
      // An interrupt closes the socket that a virtual thread waits for.
      threads.forEach(Thread::interrupt);
      ended.forEach(Race::discard);
    }
  }
}
