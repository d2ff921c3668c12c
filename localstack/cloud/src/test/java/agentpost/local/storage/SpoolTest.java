package agentpost.local.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is put away on disk. */
class SpoolTest {
  private static byte[] text(int number) {
    return ("text " + number + "x".repeat(number % 50)).getBytes(UTF_8);
  }

  /**
   * Whatever is kept and let go in whatever order: what is kept can be read, what is let go is
   * gone, and files go with what was in them.
   */
  @Property
  void whatIsKeptIsWhatWasPutAndWhatIsLetGoIsGone(@ForAll @Size(max = 200) List<Integer> choices) {
    try (Spool spool = new Spool(100)) {
      List<Spool.Kept> kept = new ArrayList<>();
      List<Integer> numbers = new ArrayList<>();
      int put = 0;
      for (int choice : choices) {
        if (choice % 3 == 0 && !kept.isEmpty()) {
          int which = Math.floorMod(choice, kept.size());
          Spool.Kept gone = kept.remove(which);
          numbers.remove(which);
          gone.release();
          gone.release();
          assertThat(gone.bytes()).isEmpty();
        } else {
          kept.add(spool.keep(text(put)));
          numbers.add(put++);
        }
      }
      for (int i = 0; i < kept.size(); i++) {
        assertThat(kept.get(i).bytes()).hasValue(text(numbers.get(i)));
      }
      assertThat(spool.files()).isLessThanOrEqualTo(kept.size() + 1);
      kept.forEach(Spool.Kept::release);
      assertThat(spool.files()).isLessThanOrEqualTo(1);
    }
  }

  /**
   * However the process ends, nobody has to tidy up. In a folder of its own, for other processes
   * make such files where all do.
   */
  @Test
  void itsFilesHaveNoNames(@TempDir Path folder) {
    try (TemporaryFile file = new TemporaryFile(folder)) {
      byte[] text = text(1);
      long at = file.append(text);
      assertThat(folder).isEmptyDirectory();
      assertThat(file.read(at, text.length)).isEqualTo(text);
    }
  }

  /**
   * A function's time-out interrupts whoever publishes for it; a FileChannel would be closed by
   * that, for all.
   */
  @Test
  void anInterruptedThreadLeavesItToTheOthers() {
    try (Spool spool = new Spool()) {
      Thread.currentThread().interrupt();
      Spool.Kept kept = spool.keep(text(1));
      assertThat(kept.bytes()).hasValue(text(1));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(spool.keep(text(2)).bytes()).hasValue(text(2));
    }
  }

  /** A call that ends after its cloud may still note that it ended. */
  @Test
  void whatComesAfterTheEndIsGoneAtOnce() {
    Spool spool = new Spool();
    Spool.Kept before = spool.keep(text(1));
    spool.close();
    Spool.Kept after = spool.keep(text(2));
    assertThat(after.bytes()).isEmpty();
    assertThat(after.length()).isEqualTo(text(2).length);
    after.release();
    before.release();
  }
}
