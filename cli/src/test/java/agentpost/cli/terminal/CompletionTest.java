package agentpost.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.cli.project.BuildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {
  @TempDir private Path directory;

  /** What a real bash offers for a line that ends in its last word. */
  private String complete(String line) throws IOException, InterruptedException {
    Path script =
        Files.writeString(directory.resolve("completion"), Run.of("", "completion").out());
    int last = line.split(" ").length - 1;
    BuildProcess bash =
        BuildProcess.run(
            new ProcessBuilder(
                "bash",
                "--noprofile",
                "--norc",
                "-c",
                ". "
                    + ShellWord.quote(script.toString())
                    + "; compopt() { :; }; COMP_WORDS=("
                    + line
                    + "); COMP_CWORD="
                    + last
                    + "; $(complete -p agentpost | sed 's/.*-F \\([^ ]*\\).*/\\1/'); echo"
                    + " \"${COMPREPLY[@]}\""));
    assertEquals(0, bash.exitCode(), bash.said());
    return bash.said();
  }

  @ParameterizedTest
  @CsvSource({
    "agentpost doc,docs doctor",
    "agentpost events t,tail",
    "agentpost dlq redr,redrive",
    "agentpost agents list --js,--json"
  })
  void bashCompletesCommandsAndOptions(String line, String offered) throws Exception {
    assertThat(complete(line).split("\\s+")).containsExactlyInAnyOrder(offered.split(" "));
  }

  @Test
  void itIsForZshToo() {
    assertThat(Run.of("", "completion").out()).contains("bashcompinit").doesNotContain("\\u00");
  }
}
