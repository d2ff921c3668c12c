package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.LocalCloud;
import agentpost.local.cloudformation.Change;
import agentpost.local.cloudformation.UnsupportedTemplateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

/**
 * Looks at the catalog while the local cloud runs. When it changes, the template is synthesized anew and the cloud becomes what it says, in
 * place; a catalog with an error is told, and everything stays as it was.
 */
final class CatalogWatch implements Runnable {
  private static final Duration OFTEN = Duration.ofMillis(250);

  /** For a synthesis that is stopped, to tidy up. */
  static final Duration ENDING = Duration.ofSeconds(5);

  private final LocalCloud cloud;
  private final PrintWriter out;
  private final Path home;
  private final Path catalog;

  CatalogWatch(LocalCloud cloud, PrintWriter out, Path home) {
    this.cloud = cloud;
    this.out = out;
    this.home = home;
    this.catalog = home.resolve("infra-cdk/agents.yaml");
  }

  /** Until its thread is interrupted. */
  @Override
  public void run() {
    try {
      for (FileTime seen = changed(); ; seen = nextAfter(seen)) {
        Thread.sleep(OFTEN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      tell("the catalog is not watched any more: " + e);
    }
  }

  /** A file that an editor is just replacing has no time. */
  private FileTime changed() throws IOException {
    return Files.exists(catalog) ? Files.getLastModifiedTime(catalog) : FileTime.fromMillis(0);
  }

  private FileTime nextAfter(FileTime seen) throws IOException, InterruptedException {
    FileTime now = changed();
    if (!now.equals(seen) && Files.exists(catalog)) {
      update();
    }
    return now;
  }

  private void update() throws IOException, InterruptedException {
    tell("agents.yaml changed; synthesizing");
    // The launcher knows how, and two at a time wait for each other.
    ProcessBuilder builder = new ProcessBuilder(home.resolve("agentpost").toString(), "synth").redirectErrorStream(true);
    builder.environment().put("AGENTPOST_NO_BUILD", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process synth = builder.start();
    FutureTask<String> output = new FutureTask<>(() -> new String(synth.getInputStream().readAllBytes(), UTF_8).strip());
    String said;
    try {
      // Reading cannot be interrupted, waiting can.
      Thread.ofVirtual().start(output);
      synth.waitFor();
      said = output.get();
    } catch (ExecutionException e) {
      throw new IOException("what the synthesis said cannot be read", e);
    } finally {
      end(synth);
    }
    if (synth.exitValue() != 0) {
      tell("the catalog has an error; everything stays as it was\n" + said.indent(2).stripTrailing());
      return;
    }
    long start = System.nanoTime();
    try {
      List<Change> changes = cloud.deploy(Path.of(said.lines().reduce("", (_, last) -> last)));
      long millis = (System.nanoTime() - start) / 1_000_000;
      tell(changes.isEmpty() ? "nothing that the catalog says is different" : "updated in " + millis + " ms\n" + shown(changes));
    } catch (UnsupportedTemplateException e) {
      tell("the update stopped: " + e.getMessage());
    }
  }

  /** From its leaves up: the launcher is a shell, which would leave what it started, and tidies up when that has ended. */
  private static void end(Process synth) throws InterruptedException {
    synth.descendants().filter(one -> one.children().findAny().isEmpty()).forEach(ProcessHandle::destroy);
    if (!synth.waitFor(ENDING)) {
      synth.descendants().forEach(ProcessHandle::destroyForcibly);
      synth.destroyForcibly();
    }
  }

  private static String shown(List<Change> changes) {
    return changes.stream().map(change -> "  " + change).collect(Collectors.joining("\n"));
  }

  private void tell(String what) {
    out.println(what);
    out.flush();
  }
}
