package agentpost.cli.local;

import agentpost.cli.project.BuildProcess;
import agentpost.cli.project.Project;
import agentpost.local.LocalCloud;
import agentpost.local.cloudformation.Change;
import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.lambda.FunctionCode;
import agentpost.local.lambda.FunctionHost.Reloaded;
import agentpost.local.storage.DirectoryTree;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Looks at what a running local cloud is made from. When functions, schemas or the catalog change,
 * they are compiled and synthesized aside and the cloud becomes what they say, in place; with an
 * error, which is told, everything stays as it was.
 */
final class SourceWatcher implements Runnable {
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
  private static final int MAX_NAMED = 3;

  private final LocalCloud cloud;
  private final PrintWriter out;
  private final RunFolder run;
  private final boolean isWhole;
  private final boolean isCatalogOnly;
  private final FunctionsBuild build;
  private final ChangePoller changes;
  private Optional<FunctionCode> code = Optional.empty();
  private List<Path> libraries = List.of();
  private int builds;

  /**
   * @param isWhole whether functions run in processes of their own
   * @param isCatalogOnly whether what was built stays, whatever the sources say
   */
  SourceWatcher(
      LocalCloud cloud, PrintWriter out, RunFolder run, boolean isWhole, boolean isCatalogOnly)
      throws InterruptedException {
    this.cloud = cloud;
    this.out = out;
    this.run = run;
    this.isWhole = isWhole;
    this.isCatalogOnly = isCatalogOnly;
    this.build = new FunctionsBuild(run.project(), isWhole);
    this.changes =
        new ChangePoller(
            () ->
                isCatalogOnly
                    ? SourceSnapshot.ofCatalog(run.project())
                    : SourceSnapshot.of(run.project()),
            this::update,
            this::tell);
  }

  /** Until its thread is interrupted. */
  @Override
  public void run() {
    try {
      while (true) {
        Thread.sleep(POLL_INTERVAL);
        changes.poll();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * @return what has an error, or could not be tried for another's: an agent's class may come after
   *     the catalog that names it, and the catalog is to be read again then
   */
  private Set<String> update(Set<String> changed) throws IOException, InterruptedException {
    Set<String> heeded = isCatalogOnly ? filter(Project.Kind.CATALOG, changed) : changed;
    Set<String> own = filter(Project.Kind.CLOUD, heeded);
    if (!own.isEmpty()) {
      tell(
          listNames(own)
              + " changed, which the local cloud itself runs: restart it to use the change");
    }
    Set<String> schemas = filter(Project.Kind.SCHEMAS, heeded);
    Set<String> catalog = filter(Project.Kind.CATALOG, heeded);
    Set<String> compiled = new TreeSet<>(filter(Project.Kind.FUNCTIONS, heeded));
    compiled.addAll(schemas);
    Set<String> poms = filter(Project.Kind.BUILD, heeded);
    Set<String> all = new TreeSet<>(heeded);
    all.removeAll(own);
    if (!poms.isEmpty()) {
      switch (buildWithMaven(poms)) {
        case FAILED -> {
          return all;
        }
        case NEEDS_RESTART -> poms = Set.of();
        case BUILT -> {}
      }
    }
    Optional<FunctionCode> next =
        compiled.isEmpty() && poms.isEmpty()
            ? Optional.empty()
            : compile(poms.isEmpty() ? compiled : poms);
    Set<String> left = new TreeSet<>();
    if (next.isEmpty()) {
      left.addAll(compiled);
      left.addAll(poms);
    }
    boolean isSynthesized = !catalog.isEmpty() || (next.isPresent() && !schemas.isEmpty());
    Optional<Path> template =
        isSynthesized ? synthesize(!catalog.isEmpty(), next.or(() -> code)) : Optional.empty();
    if (isSynthesized && template.isEmpty()) {
      if (!schemas.isEmpty()) {
        return all;
      }
      left.addAll(catalog);
    }
    if (next.isPresent()) {
      reload(next.get());
    }
    if (template.isPresent()) {
      deploy(template.get());
    }
    return left;
  }

  private Set<String> filter(Project.Kind kind, Set<String> files) {
    return files.stream()
        .filter(file -> run.project().kindOf(file) == kind)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private ProcessBuilder command(String word) {
    ProcessBuilder command =
        new ProcessBuilder(run.command().toString(), word).directory(run.project().home().toFile());
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return command;
  }

  private enum MavenBuild {
    BUILT,
    FAILED,
    /** It brings another version of a library that this process runs with. */
    NEEDS_RESTART
  }

  /** Dependencies are Maven's to say. */
  private MavenBuild buildWithMaven(Set<String> poms) throws IOException, InterruptedException {
    tell(listNames(poms) + " changed; building with Maven");
    BuildProcess built = BuildProcess.run(command("build"));
    if (!built.isSuccessful()) {
      tell(
          "it does not build; everything stays as it was\n"
              + built.said().indent(2).stripTrailing());
      return MavenBuild.FAILED;
    }
    List<Path> now = run.librariesOfLastBuild();
    Set<String> here =
        ownClassPath().stream().map(SourceWatcher::artifact).collect(Collectors.toSet());
    List<Path> replaced =
        findAdded(now).stream().filter(jar -> here.contains(artifact(fileName(jar)))).toList();
    if (!replaced.isEmpty()) {
      tell(
          replaced.stream()
                  .map(jar -> jar.getFileName().toString())
                  .collect(Collectors.joining(", "))
              + ": the local cloud runs another version; restart it to use this one");
      return MavenBuild.NEEDS_RESTART;
    }
    libraries = now;
    return MavenBuild.BUILT;
  }

  /** By their names, which have their versions: a library may lie in more than one folder. */
  private static Set<String> ownClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(":"))
        .map(entry -> fileName(Path.of(entry)))
        .collect(Collectors.toSet());
  }

  /** What this process does not have. */
  private static List<Path> findAdded(List<Path> libraries) {
    Set<String> here = ownClassPath();
    return libraries.stream().filter(jar -> !here.contains(fileName(jar))).toList();
  }

  private static String fileName(Path jar) {
    return String.valueOf(jar.getFileName());
  }

  /** The artifact of a jar that is named as in Maven's repository. */
  private static String artifact(String jar) {
    return jar.replaceFirst("-\\d.*", "");
  }

  private Optional<FunctionCode> compile(Set<String> changed)
      throws IOException, InterruptedException {
    tell(listNames(changed) + " changed; compiling");
    if (libraries.isEmpty()) {
      libraries = run.libraries();
    }
    return switch (build.compile(run.child("build-" + ++builds), libraries, findAdded(libraries))) {
      case FunctionsBuild.Outcome.Failed(var errors) -> {
        tell(
            "it does not compile; functions stay as they were\n"
                + errors.indent(2).stripTrailing());
        yield Optional.empty();
      }
      case FunctionsBuild.Outcome.Built(var built) -> Optional.of(built);
    };
  }

  private void reload(FunctionCode next) throws IOException {
    FunctionCode before = code.isPresent() ? code.get() : run.functions(isWhole);
    long start = System.nanoTime();
    Reloaded reloaded = cloud.reload(before, next);
    code = Optional.of(next);
    long millis = (System.nanoTime() - start) / 1_000_000;
    if (reloaded.needsRestart()) {
      tell(
          "agentpost.platform changed, which functions share with the local cloud: restart it to"
              + " use the change");
    }
    reloaded.kept().forEach((function, why) -> tell(function + " stays as it was: " + why));
    if (!reloaded.functions().isEmpty()) {
      tell("reloaded in " + millis + " ms: " + String.join(", ", reloaded.functions()));
    } else if (reloaded.kept().isEmpty() && !reloaded.needsRestart()) {
      tell("compiled; no function changed");
    }
    if (!isWhole && builds > 1) {
      // What functions run is in memory.
      DirectoryTree.delete(run.child("build-" + (builds - 1)));
    }
  }

  private Optional<Path> synthesize(boolean isCatalogs, Optional<FunctionCode> with)
      throws IOException, InterruptedException {
    tell((isCatalogs ? "agents.yaml" : "the schemas") + " changed; synthesizing");
    Path into = run.child("cdk.out-" + System.nanoTime());
    ProcessBuilder synthesis = command("cdk-app");
    synthesis.environment().put("AGENTPOST_RUN", run.directory().toString());
    synthesis.environment().put("CDK_OUTDIR", into.toString());
    ObjectNode context = JsonNodeFactory.instance.objectNode();
    run.functionsZip().ifPresent(zip -> context.put("functionsZip", zip.toString()));
    with.ifPresent(built -> context.put("functionsClasses", built.root().toString()));
    synthesis.environment().put("CDK_CONTEXT_JSON", context.toString());
    BuildProcess synthesized = BuildProcess.run(synthesis);
    if (synthesized.isSuccessful()) {
      return Optional.of(into);
    }
    if (changes.isOutdated()) {
      // A class may be among it that the catalog names already.
      tell("more edits came meanwhile; trying again with them");
    } else {
      tell(
          (isCatalogs
                  ? "the catalog has an error"
                  : "the schemas and the catalog do not fit together")
              + "; everything stays as it was\n"
              + synthesized.said().indent(2).stripTrailing());
    }
    if (Files.exists(into)) {
      DirectoryTree.delete(into);
    }
    return Optional.empty();
  }

  private void deploy(Path template) throws IOException {
    long start = System.nanoTime();
    try {
      List<Change> changes = cloud.deploy(template);
      long millis = (System.nanoTime() - start) / 1_000_000;
      tell(
          changes.isEmpty()
              ? "the catalog's content did not change"
              : "updated in " + millis + " ms\n" + show(changes));
    } catch (UnsupportedTemplateException e) {
      tell("the update stopped: " + e.getMessage());
    } finally {
      DirectoryTree.delete(template);
    }
  }

  private static String show(List<Change> changes) {
    return changes.stream().map(change -> "  " + change).collect(Collectors.joining("\n"));
  }

  private static String listNames(Set<String> paths) {
    String first = paths.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
    return paths.size() > MAX_NAMED
        ? first + " and " + (paths.size() - MAX_NAMED) + " more"
        : first;
  }

  private void tell(String what) {
    out.println(what);
    out.flush();
  }
}
