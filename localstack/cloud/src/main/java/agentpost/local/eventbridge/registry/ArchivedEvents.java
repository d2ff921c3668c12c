package agentpost.local.eventbridge.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.storage.TemporaryFile;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * An archive's events in the order they came, on disk: none is dropped, and a million of them take
 * no memory.
 */
public final class ArchivedEvents implements AutoCloseable {
  /** Before each event: its length, when it was archived, and its own time, in milliseconds. */
  private static final int HEAD = Integer.BYTES + 2 * Long.BYTES;

  private final TemporaryFile file = new TemporaryFile();
  private long count;
  private long bytes;

  /**
   * @param at when the archive got it
   * @param time the event's own
   */
  public synchronized void add(Instant at, Instant time, String event) {
    byte[] text = event.getBytes(UTF_8);
    file.append(
        ByteBuffer.allocate(HEAD + text.length)
            .putInt(text.length)
            .putLong(at.toEpochMilli())
            .putLong(time.toEpochMilli())
            .put(text)
            .array());
    count++;
    bytes += text.length;
  }

  public synchronized long count() {
    return count;
  }

  /** Of the events alone. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Where the next event will be. */
  public long end() {
    return file.size();
  }

  /**
   * Which events a replay is about: of a time from then and before then, and archived after that.
   */
  public record Range(Instant from, Instant to, Instant archivedAfter) {}

  /**
   * Where events are, a minute's after the other, and in the order of their times.
   *
   * @param end what came since is left out
   */
  public Iterator<long[]> minutes(Range range, long end) {
    TreeMap<Instant, TreeMap<Instant, LongStream.Builder>> minutes = new TreeMap<>();
    for (long at = 0; at < end; ) {
      ByteBuffer head = ByteBuffer.wrap(file.read(at, HEAD));
      int length = head.getInt();
      Instant archived = Instant.ofEpochMilli(head.getLong());
      Instant time = Instant.ofEpochMilli(head.getLong());
      if (archived.isAfter(range.archivedAfter())
          && !time.isBefore(range.from())
          && time.isBefore(range.to())) {
        minutes
            .computeIfAbsent(time.truncatedTo(ChronoUnit.MINUTES), _ -> new TreeMap<>())
            .computeIfAbsent(time, _ -> LongStream.builder())
            .add(at);
      }
      at += HEAD + length;
    }
    return minutes.values().stream()
        .map(minute -> minute.values().stream().flatMapToLong(LongStream.Builder::build).toArray())
        .iterator();
  }

  /**
   * @param at as {@link #minutes} has it
   */
  public String read(long at) {
    int length = ByteBuffer.wrap(file.read(at, HEAD)).getInt();
    return new String(file.read(at + HEAD, length), UTF_8);
  }

  @Override
  public void close() {
    file.close();
  }
}
