package agentpost.local.storage;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Bytes that are only ever added to. The file loses its name as soon as it is open, so it goes with
 * this process however that ends, and nobody else can open it. Not a {@code FileChannel}, which a
 * thread's interruption would close for all.
 */
public final class TemporaryFile implements AutoCloseable {
  private final Path folder;
  private final RandomAccessFile file;
  private long size;

  public TemporaryFile() {
    this(Path.of(System.getProperty("java.io.tmpdir")));
  }

  TemporaryFile(Path folder) {
    this.folder = folder;
    try {
      File named = Files.createTempFile(folder, "agentpost-", ".kept").toFile();
      this.file = new RandomAccessFile(named, "rw");
      if (!named.delete()) {
        // Where what is open cannot be deleted.
        named.deleteOnExit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("There is no room for temporary files in " + folder, e);
    }
  }

  /**
   * What could not be written whole counts as not written.
   *
   * @return where it begins
   */
  public synchronized long append(byte[] bytes) {
    try {
      long at = size;
      file.seek(at);
      file.write(bytes);
      size += bytes.length;
      return at;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Nothing more can be put into temporary files in " + folder, e);
    }
  }

  /**
   * @param at where {@link #append} put it, or within that
   */
  public synchronized byte[] read(long at, int length) {
    try {
      byte[] bytes = new byte[length];
      file.seek(at);
      file.readFully(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("A temporary file cannot be read", e);
    }
  }

  public synchronized long size() {
    return size;
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("A temporary file cannot be closed", e);
    }
  }
}
