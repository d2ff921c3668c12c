package agentpost.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.cli.Run;
import agentpost.cli.project.BuildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
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

  @ParameterizedTest
  @CsvSource({
    "agentpost doc,docs doctor",
    "agentpost events t,tail",
    "agentpost dlq redr,redrive",
    "agentpost agents list --js,--json",
    "agentpost dlq redrive crm-sync --rea,--reason"
  })
  void fishCompletesCommandsAndOptions(String line, String offered) throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "fish"))),
        "fish is not installed here");
    Path script =
        Files.writeString(directory.resolve("completion"), Run.of("", "completion", "fish").out());
    ProcessBuilder shell =
        new ProcessBuilder(
            "fish",
            "--no-config",
            "-c",
            "source " + ShellWord.quote(script.toString()) + "; complete -C '" + line + "'");
    shell.environment().put("HOME", directory.toString());
    BuildProcess fish = BuildProcess.run(shell);
    assertEquals(0, fish.exitCode(), fish.said());
    assertThat(fish.said().lines().map(offer -> offer.split("\t", -1)[0]))
        .containsExactlyInAnyOrder(offered.split(" "));
  }

  @Test
  void itIsForZshToo() {
    assertThat(Run.of("", "completion").out()).contains("bashcompinit").doesNotContain("\\u00");
  }
}
