package agentpost.local.storage;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Bytes that wait on disk until they are let go. It is many files, each of which is gone when
 * nothing in it is waited for.
 */
public final class Spool implements AutoCloseable {
  private static final long DEFAULT_FILE_BYTES = 16L << 20;

  private final long fileBytes;
  private final Set<Part> parts = new LinkedHashSet<>();
  private Part current = new Part();
  private boolean isClosed;

  public Spool() {
    this(DEFAULT_FILE_BYTES);
  }

  /**
   * @param fileBytes after which another file is begun
   */
  Spool(long fileBytes) {
    this.fileBytes = fileBytes;
  }

  private static final class Part {
    private final TemporaryFile file = new TemporaryFile();
    private int kept;
  }

  /** What was put away. */
  public final class Kept {
    private final Part part;
    private final long at;
    private final int length;

    private boolean isGone;

    private Kept(Part part, long at, int length) {
      this.part = part;
      this.at = at;
      this.length = length;
    }

    public int length() {
      return length;
    }

    /** Nothing once it is let go. */
    public synchronized Optional<byte[]> bytes() {
      return isGone ? Optional.empty() : Optional.of(part.file.read(at, length));
    }

    public synchronized void release() {
      if (!isGone) {
        isGone = true;
        Spool.this.release(part);
      }
    }
  }

  /**
   * Work that is under way when a cloud ends may still keep something, which nobody reads: it is
   * gone at once.
   */
  public synchronized Kept keep(byte[] bytes) {
    if (isClosed) {
      Kept kept = new Kept(current, 0, bytes.length);
      kept.isGone = true;
      return kept;
    }
    parts.add(current);
    Kept kept = new Kept(current, current.file.append(bytes), bytes.length);
    current.kept++;
    if (current.file.size() >= fileBytes) {
      current = new Part();
    }
    return kept;
  }

  private synchronized void release(Part part) {
    part.kept--;
    if (part.kept == 0 && part != current && parts.remove(part)) {
      part.file.close();
    }
  }

  /** Files that are there, for tests. */
  synchronized int files() {
    return parts.size();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    parts.forEach(part -> part.file.close());
    parts.clear();
    current.file.close();
  }
}
