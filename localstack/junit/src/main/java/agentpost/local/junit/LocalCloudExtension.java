package agentpost.local.junit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import software.amazon.awssdk.core.SdkClient;

/**
 * Starts a cloud when a test first asks for something of it, and ends it with the test. It does
 * with what JUnit has had since 5.10: later ones close what their store holds, and look for
 * annotations around a class, by themselves.
 */
public final class LocalCloudExtension implements ParameterResolver, AfterEachCallback {
  private static final Namespace OURS = Namespace.create(LocalCloudExtension.class);

  /** In a project, and in a clone of agentpost. */
  private static final List<String> SYNTHESIZED =
      List.of("target/cdk.out", "infra-cdk/target/cdk.out");

  /** A test's cloud, and the clients that the test was given, which are closed before it. */
  private record Started(TestCloud cloud, Map<Class<?>, SdkClient> clients) {
    void close() {
      try {
        clients.values().forEach(SdkClient::close);
      } finally {
        cloud.close();
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return TestParameters.isOurs(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    TestParameters.refusal(type)
        .ifPresent(
            why -> {
              throw new ParameterResolutionException(why);
            });
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException(
          "Every test has a cloud of its own, so a constructor, @BeforeAll or @AfterAll can have"
              + " none; take it in @BeforeEach or in the test");
    }
    Started started = startCloud(context);
    return type == TestCloud.class
        ? started.cloud()
        : started
            .clients()
            .computeIfAbsent(type, _ -> TestParameters.client(type, started.cloud()));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Started started = context.getStore(OURS).remove(Started.class, Started.class);
    if (started != null) {
      started.close();
    }
  }

  private static Started startCloud(ExtensionContext context) {
    Store store = context.getStore(OURS);
    Started before = store.get(Started.class, Started.class);
    if (before != null) {
      return before;
    }
    Started started = start(context);
    store.put(Started.class, started);
    return started;
  }

  /** Of the class, or of one that it is nested in. */
  private static Optional<AgentpostTest> settings(Class<?> test) {
    return Stream.<Class<?>>iterate(test, Objects::nonNull, Class::getEnclosingClass)
        .flatMap(one -> AnnotationSupport.findAnnotation(one, AgentpostTest.class).stream())
        .findFirst();
  }

  private static Started start(ExtensionContext context) {
    AgentpostTest settings =
        settings(context.getRequiredTestClass())
            .orElseThrow(
                () -> new ParameterResolutionException("Annotate the class with @AgentpostTest"));
    ClassPathCheck.firstProblem()
        .ifPresent(
            problem -> {
              throw new ParameterResolutionException(problem);
            });
    LogSilencer.libraries();
    try {
      return new Started(TestCloud.start(settings, template(settings)), new ConcurrentHashMap<>());
    } catch (Exception e) {
      throw new ParameterResolutionException("The local cloud did not start: " + e.getMessage(), e);
    } catch (LinkageError e) {
      throw new ParameterResolutionException(
          "The local cloud did not start: " + e + ". " + ClassPathCheck.HINT, e);
    }
  }

  private static Path template(AgentpostTest settings) {
    String named =
        settings.cdkOut().isEmpty()
            ? System.getProperty("agentpost.cdk.out", "")
            : settings.cdkOut();
    if (!named.isEmpty()) {
      if (!isSynthesized(Path.of(named))) {
        throw new IllegalArgumentException(
            "there is no manifest.json in "
                + Path.of(named).toAbsolutePath()
                + "; ./agentpost synth writes one and prints its directory");
      }
      return Path.of(named);
    }
    Optional<Path> found =
        Stream.iterate(
                Optional.of(Path.of("").toAbsolutePath()),
                Optional::isPresent,
                above -> above.map(Path::getParent))
            .flatMap(Optional::stream)
            .flatMap(directory -> SYNTHESIZED.stream().map(directory::resolve))
            .filter(LocalCloudExtension::isSynthesized)
            .findFirst();
    return found.orElseThrow(
        () ->
            new IllegalArgumentException(
                "there is no "
                    + SYNTHESIZED.getFirst()
                    + " above "
                    + Path.of("").toAbsolutePath()
                    + "; run ./agentpost synth, or name a template's directory in"
                    + " @AgentpostTest(cdkOut = …)"));
  }

  private static boolean isSynthesized(Path directory) {
    return Files.isRegularFile(directory.resolve("manifest.json"));
  }
}
