package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.frontdoor.PageHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Server-sent events: that something changed, which pages then ask for. However much happens, a
 * page is told a few times a second.
 */
final class ChangeStream {
  private static final int MAX_READERS = 64;

  /** Often enough for the server's idle time-out of 30 s. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  private static final Duration MIN_PAUSE = Duration.ofMillis(400);

  private final DeliveryHistory history;
  private final AtomicInteger readers = new AtomicInteger();

  ChangeStream(DeliveryHistory history) {
    this.history = history;
  }

  /**
   * Nothing if too many listen.
   *
   * @param seen the version that the page shows
   */
  Optional<PageHandler.Page> open(long seen) {
    if (readers.get() >= MAX_READERS) {
      return Optional.empty();
    }
    return Optional.of(
        new PageHandler.Page.Stream(PageHeaders.of("text/event-stream"), out -> write(seen, out)));
  }

  private void write(long from, OutputStream out) throws IOException, InterruptedException {
    readers.incrementAndGet();
    try {
      send(out, ": open\n\n");
      long seen = from;
      while (true) {
        Optional<Long> version = history.awaitChange(seen, KEEP_ALIVE);
        if (version.isEmpty()) {
          return;
        }
        if (version.get() == seen) {
          send(out, ": nothing new\n\n");
          continue;
        }
        seen = version.get();
        send(out, "event: changed\nid: " + seen + "\ndata: " + seen + "\n\n");
        if (history.awaitClose(MIN_PAUSE)) {
          return;
        }
      }
    } finally {
      readers.decrementAndGet();
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.flush();
  }
}
