package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.lambda.FunctionHost.Reloaded;
import agentpost.local.lambda.FunctionHost.Result;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;

/** Functions whose code is built anew while they are at work. */
public class ReloadTest {
  private static final String HANDLER =
      """
      package trial;
      import agentpost.platform.Platform;
      import com.amazonaws.services.lambda.runtime.Context;
      import com.amazonaws.services.lambda.runtime.RequestHandler;
      import java.util.Map;
      public final class %s implements RequestHandler<Map<String, Object>, Map<String, Object>> {
        public %1$s(Platform platform) {}
        public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
          agentpost.local.lambda.ReloadTest.meet(event);
          return Map.of("says", %s);
        }
      }
      """;

  /** Of what the functions name, for a compiler opens all that it is given, each time. */
  private static final String CLASS_PATH =
      Stream.of(ReloadTest.class, Platform.class, RequestHandler.class)
          .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
          .collect(Collectors.joining(File.pathSeparator));

  private static final AwsClients NO_CLIENTS =
      new AwsClients() {
        @Override
        public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
            B builder) {
          throw new AssertionError("no client is asked for");
        }
      };

  private static volatile CountDownLatch begun = new CountDownLatch(0);
  private static volatile CountDownLatch go = new CountDownLatch(0);

  @TempDir private Path directory;
  private int builds;
  private FunctionCode first;
  private final FunctionHost host =
      new FunctionHost(
          (_, environment) ->
              new Platform(
                  environment, Clock.systemUTC(), NO_CLIENTS, HttpClient.newHttpClient(), _ -> {}),
          (_, _) -> {});

  ReloadTest() throws IOException {
    this.first = FunctionCode.ofJars(List.of(), List.of());
  }

  /** Called by the functions: waits where the event says so. */
  public static void meet(Map<String, Object> event) {
    if (event.containsKey("wait")) {
      begun.countDown();
      try {
        assertThat(go.await(20, SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Map.Entry<String, String> handler(String name, String says) {
    return Map.entry("trial/" + name + ".java", HANDLER.formatted(name, says));
  }

  private static Map.Entry<String, String> words(String text) {
    return Map.entry(
        "trial/Words.java",
        "package trial; final class Words { static String get() { return \"" + text + "\"; } }");
  }

  @SafeVarargs
  private FunctionCode built(Map.Entry<String, String>... files) throws IOException {
    Path sources = Files.createDirectories(directory.resolve("sources-" + ++builds));
    Path classes = Files.createDirectories(directory.resolve("build-" + builds));
    List<Path> java = new ArrayList<>();
    for (Map.Entry<String, String> file : files) {
      boolean isSource = file.getKey().endsWith(".java");
      Path path = (isSource ? sources : classes).resolve(file.getKey());
      Files.createDirectories(path.resolve("..").normalize());
      Files.writeString(path, file.getValue());
      if (isSource) {
        java.add(path);
      }
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-d", classes.toString(), "-proc:none", "-classpath", CLASS_PATH);
      assertThat(
              compiler
                  .getTask(
                      null, manager, null, options, null, manager.getJavaFileObjectsFromPaths(java))
                  .call())
          .isTrue();
    }
    return FunctionCode.read(classes);
  }

  /**
   * What lists more than one place, as the index of the schemas does, goes by the build as well.
   */
  @Test
  void aFileThatTheBuildAndALibraryHaveIsFoundInBoth() throws Exception {
    String index = "META-INF/services/agentpost.event-schemas";
    ClassLoader loader =
        built(
                words("any"),
                Map.entry(index, "order.placed/1\n"),
                Map.entry("trial/words.txt", "mine"))
            .loader();
    List<URL> found = Collections.list(loader.getResources(index));
    try (InputStream in = found.getFirst().openStream()) {
      assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("order.placed/1\n");
    }
    // What the process began with has events too, and the build stands in their place.
    assertThat(found)
        .noneMatch(url -> url.toString().matches(".*(events-schemas|agents)(/target/classes|-).*"));
    assertThat(Collections.list(loader.getResources("trial/words.txt"))).hasSize(1);
    assertThat(Collections.list(loader.getResources("module-info.class"))).isNotEmpty();
  }

  private void deploy(String name, String handler, OptionalInt reserved) {
    host.deploy(name, handler, Map.of(), Duration.ofSeconds(30), reserved);
  }

  private String invoked(String name) throws InterruptedException {
    return invoked(name, "{}");
  }

  private String invoked(String name, String event) throws InterruptedException {
    return switch (host.invoke(name, event)) {
      case Result.Answered<String>(var answer) -> answer.replaceAll("^\\{\"says\":\"|\"}$", "");
      case Result.Failed<String>(var why) -> why;
      case Result.Throttled<String> _ -> "throttled";
      case Result.NoSuchFunction<String> _ -> "none";
    };
  }

  @BeforeEach
  void firstBuild() throws Exception {
    FunctionCode code =
        built(handler("One", "Words.get()"), handler("Two", "\"two\""), words("hello"));
    assertThat(host.reload(first, code).functions()).isEmpty();
    first = code;
    deploy("one", "trial.One", OptionalInt.empty());
    deploy("two", "trial.Two", OptionalInt.empty());
    assertEquals("hello", invoked("one"));
  }

  @Test
  void whatNeedsAChangedClassRunsItAndIsNamedAndNothingElseIs() throws Exception {
    FunctionCode next =
        built(handler("One", "Words.get()"), handler("Two", "\"two\""), words("good day"));
    assertEquals(Set.of("trial/Words.class"), next.changesSince(first));
    assertEquals(new Reloaded(List.of("one"), Map.of(), false), host.reload(first, next));
    assertEquals("good day", invoked("one"));
    assertEquals("two", invoked("two"));
  }

  @Test
  void theSameBuildAgainChangesNothing() throws Exception {
    assertEquals(
        new Reloaded(List.of(), Map.of(), false),
        host.reload(
            first,
            built(handler("One", "Words.get()"), handler("Two", "\"two\""), words("hello"))));
  }

  @Test
  void aResourceMayBeAnyonesAndIsReadFromTheBuild() throws Exception {
    String read = "new String(One.class.getResourceAsStream(\"/trial/words.txt\").readAllBytes())";
    String source =
        HANDLER
            .formatted("One", "read()")
            .replace(
                "  public One(",
                "  static String read() { try { return "
                    + read
                    + "; } catch (java.io.IOException e) { throw new IllegalStateException(e); }"
                    + " }\n"
                    + "  public One(");
    FunctionCode next =
        built(
            Map.entry("trial/One.java", source),
            handler("Two", "\"two\""),
            words("hello"),
            Map.entry("trial/words.txt", "from a file"));
    assertEquals(List.of("one", "two"), host.reload(first, next).functions());
    assertEquals("from a file", invoked("one"));
    FunctionCode after =
        built(
            Map.entry("trial/One.java", source),
            handler("Two", "\"two\""),
            words("hello"),
            Map.entry("trial/words.txt", "from another"));
    assertEquals(List.of("one", "two"), host.reload(next, after).functions());
    assertEquals("from another", invoked("one"));
  }

  @Test
  void workUnderWayEndsOnTheBuildItBeganWithAndCountsForTheConcurrency() throws Exception {
    deploy("one", "trial.One", OptionalInt.of(1));
    begun = new CountDownLatch(1);
    go = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<String> old =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return invoked("one", "{\"wait\":true}");
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              threads);
      assertThat(begun.await(20, SECONDS)).isTrue();
      // Words of the old build is loaded after the new build is there.
      host.reload(
          first,
          built(
              handler("One", "\"new \" + Words.get()"),
              handler("Two", "\"two\""),
              words("good day")));
      assertEquals("throttled", invoked("one"));
      go.countDown();
      assertEquals("hello", old.get(20, SECONDS));
    }
    assertEquals("new good day", invoked("one"));
  }

  @Test
  void aFunctionWhoseHandlerIsGoneStaysAsItWasUntilItIsBack() throws Exception {
    FunctionCode without = built(handler("Two", "\"two\""), words("hello"));
    Reloaded reloaded = host.reload(first, without);
    assertThat(reloaded.functions()).isEmpty();
    assertThat(reloaded.kept())
        .containsOnlyKeys("one")
        .hasEntrySatisfying("one", why -> assertThat(why).contains("trial.One is not a class"));
    assertEquals("hello", invoked("one"));
    FunctionCode back =
        built(handler("One", "\"back\""), handler("Two", "\"two\""), words("hello"));
    assertEquals(List.of("one"), host.reload(without, back).functions());
    assertEquals("back", invoked("one"));
  }

  /** Not from what this process began with, where the class still is. */
  @Test
  void aClassOfTheFunctionsThatTheBuildDoesNotHaveIsNotThere() throws Exception {
    FunctionCode next =
        built(
            handler("One", "agentpost.event.EventId.class.getName()"),
            handler("Two", "agentpost.platform.Platform.class.getName()"),
            words("hello"));
    host.reload(first, next);
    assertThat(invoked("one"))
        .startsWith("failed: java.lang.NoClassDefFoundError: agentpost/event/EventId");
    assertEquals("agentpost.platform.Platform", invoked("two"));
  }

  @Test
  void whatIsSharedWithTheCloudNeedsARestart() throws Exception {
    FunctionCode next =
        built(
            handler("One", "Words.get()"),
            handler("Two", "\"two\""),
            words("hello"),
            Map.entry(
                "agentpost/platform/Added.java",
                "package agentpost.platform; public final class Added {}"));
    assertEquals(new Reloaded(List.of(), Map.of(), true), host.reload(first, next));
  }

  @Test
  void theLoadersOfAHundredBuildsAreCollected() throws Exception {
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    FunctionCode before = first;
    for (int i = 0; i < 100; i++) {
      FunctionCode next =
          built(handler("One", "Words.get()"), handler("Two", "\"two\""), words("build " + i));
      host.reload(before, next);
      assertEquals("build " + i, invoked("one"));
      loaders.add(new WeakReference<>(next.loader()));
      before = next;
    }
    first = before;
    await()
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(
                      Stream.of(loaders.subList(0, 99))
                          .flatMap(List::stream)
                          .filter(loader -> loader.get() != null))
                  .isEmpty();
            });
    assertThat(loaders.getLast().get()).isNotNull();
  }
}
