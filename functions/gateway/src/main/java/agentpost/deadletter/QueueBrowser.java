package agentpost.deadletter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A look through a queue in pages. SQS has no cursor: what was received is hidden for a minute, so
 * that the next receive brings what was not seen yet, and all of it is given back at the end. If a
 * look lasts longer than that minute, what comes a second time is known by its id and left out.
 * Eight receives at a time bring some thousand letters a second, so that a queue of 10,000 is
 * looked through well within the minute; a look that dies hides nothing for longer than it.
 */
public final class QueueBrowser implements AutoCloseable {
  private static final Duration VISIBILITY_TIMEOUT = Duration.ofMinutes(1);
  private static final int MAX_PARALLEL_CALLS = 8;
  private static final int PAGE_SIZE = 80;

  private static final Comparator<DeadLetter> OLDEST_FIRST = Comparator.comparing(DeadLetter::age);

  /**
   * What comes again and nothing else: the look has lasted longer than a minute, and there may be
   * more behind it.
   */
  private static final int MAX_STALE_ROUNDS = 3;

  private final DeadLetterQueue queue;
  private final Set<String> seen = new HashSet<>();

  /** Receipts only: letters may be a megabyte each. */
  private final List<String> held = new ArrayList<>();

  /** An empty receive has waited its second already; nobody has to wait for another. */
  private boolean exhausted;

  QueueBrowser(DeadLetterQueue queue) {
    this.queue = queue;
  }

  /** Up to that many letters that this look has not shown; none when there are no more. */
  public List<DeadLetter> page(int size) {
    List<DeadLetter> page = new ArrayList<>();
    int stale = 0;
    while (!exhausted && page.size() < size && stale < MAX_STALE_ROUNDS) {
      List<DeadLetter> received = round(size - page.size());
      exhausted = received.isEmpty();
      received.forEach(letter -> held.add(letter.receipt()));
      List<DeadLetter> fresh =
          received.stream().filter(letter -> seen.add(letter.messageId())).toList();
      page.addAll(fresh);
      stale = fresh.isEmpty() ? stale + 1 : 0;
    }
    return page;
  }

  /**
   * Of the letters that are meant, the oldest, in the order in which EventBridge gave them up. SQS
   * keeps none, and several calls at a time bring each its own: so all of the queue is looked
   * through, and no more kept than are asked for.
   */
  public List<DeadLetter> findOldest(LetterFilter filters, int most) {
    PriorityQueue<DeadLetter> oldest = new PriorityQueue<>(OLDEST_FIRST.reversed());
    for (List<DeadLetter> page = page(PAGE_SIZE); !page.isEmpty(); page = page(PAGE_SIZE)) {
      for (DeadLetter letter : page) {
        if (filters.match(letter)) {
          oldest.add(letter);
          if (oldest.size() > most) {
            oldest.remove();
          }
        }
      }
    }
    return oldest.stream().sorted(OLDEST_FIRST).toList();
  }

  /** The first letter that is meant, if any; what is looked through on the way counts as shown. */
  public Optional<DeadLetter> find(LetterFilter filters) {
    for (List<DeadLetter> page = page(100); !page.isEmpty(); page = page(100)) {
      Optional<DeadLetter> found = page.stream().filter(filters::match).findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private List<DeadLetter> round(int most) {
    int receives =
        Math.clamp(Math.ceilDiv(most, DeadLetterQueue.MAX_BATCH_SIZE), 1, MAX_PARALLEL_CALLS);
    if (receives == 1) {
      return queue.receive(most, VISIBILITY_TIMEOUT);
    }
    List<Callable<List<DeadLetter>>> calls = new ArrayList<>();
    for (int i = 0; i < receives; i++) {
      int share =
          Math.min(DeadLetterQueue.MAX_BATCH_SIZE, most - i * DeadLetterQueue.MAX_BATCH_SIZE);
      calls.add(() -> queue.receive(share, VISIBILITY_TIMEOUT));
    }
    return invokeAll(calls).stream().flatMap(List::stream).toList();
  }

  /** What they return, in their order; nothing if this thread is told to stop. */
  private static <T> List<T> invokeAll(List<Callable<T>> calls) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<T> results = new ArrayList<>();
      for (Future<T> call : threads.invokeAll(calls)) {
        results.add(call.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("A call failed", e.getCause());
    }
  }

  /**
   * Gives back what this look has hidden: eight calls of ten at a time, each eight in the order in
   * which they came.
   */
  @Override
  public void close() {
    int wave = MAX_PARALLEL_CALLS * DeadLetterQueue.MAX_BATCH_SIZE;
    for (int from = 0; from < held.size(); from += wave) {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int start = from;
          start < Math.min(from + wave, held.size());
          start += DeadLetterQueue.MAX_BATCH_SIZE) {
        List<String> receipts =
            List.copyOf(
                held.subList(start, Math.min(start + DeadLetterQueue.MAX_BATCH_SIZE, held.size())));
        calls.add(
            () -> {
              queue.giveBack(receipts);
              return true;
            });
      }
      if (invokeAll(calls).isEmpty()) {
        break;
      }
    }
    held.clear();
  }
}
