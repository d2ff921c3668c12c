package agentpost.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileErrorsTest {
  @TempDir private Path folder;

  private static String reading(Path file) {
    return FileErrors.explain(assertThrows(IOException.class, () -> Files.readString(file)));
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertEquals("there is no such file", reading(folder.resolve("nosuch")));
    assertEquals("it is a folder", reading(folder));
    assertEquals("it is not UTF-8", reading(Files.write(folder.resolve("x"), new byte[] {-1})));
  }

  @Test
  void namesNoClass() {
    for (IOException e :
        List.of(
            new IOException(),
            new IOException("No space left on device"),
            new AccessDeniedException("a"),
            new FileSystemException("a", "b", "Too many levels of symbolic links"),
            new FileSystemException("a"))) {
      assertThat(FileErrors.explain(e)).doesNotContain("Exception", "java.").isNotBlank();
    }
  }
}
