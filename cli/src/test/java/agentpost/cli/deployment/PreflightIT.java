package agentpost.cli.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.cli.project.CdkOut;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A local cloud has no account, and says so. */
class PreflightIT {
  @TempDir private Path folder;

  private static Run run(Callable<Integer> command, LocalCloud cloud) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        new CommandLine(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = line.execute("--endpoint-url", cloud.endpoint().toString());
    return new Run(exitCode, out.toString(), err.toString());
  }

  @Test
  void aLocalCloudSaysWhatItDoesNotHave() throws Exception {
    new Assembly().agent("crm").writes("hello@example.com", "help@example.org").write(folder);
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1))) {
      Run run = run(new PreflightCommand(() -> CdkOut.read(folder)), cloud);
      assertEquals(0, run.exitCode(), run.everything());
      assertThat(run.out())
          .contains(
              "ok    stack: agentpost is not deployed yet",
              "ok    bootstrap: version 33",
              "ok    events quota \"Number of rules\": a local cloud has none",
              "ok    tables: no name is taken",
              "ok    queues: no name is taken")
          .doesNotContain("stop  ", "warn  ");
      Run diff = run(new DiffCommand(() -> CdkOut.read(folder)), cloud);
      assertEquals(0, diff.exitCode(), diff.everything());
      assertThat(diff.out()).contains("comes    agent crm: ");
    }
  }
}
