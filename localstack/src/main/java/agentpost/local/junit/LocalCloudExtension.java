package agentpost.local.junit;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import software.amazon.awssdk.core.SdkClient;

/** Starts a cloud when a test first asks for something of it, and ends it with the test. */
public final class LocalCloudExtension implements ParameterResolver {
  private static final Namespace OURS = Namespace.create(LocalCloudExtension.class);
  private static final String SYNTHESIZED = "infra-cdk/target/cdk.out";

  /** What the store closes when the test is over. */
  private record Started(TestCloud cloud) implements AutoCloseable {
    @Override
    public void close() {
      cloud.close();
    }
  }

  /** A client that the test was given, to be closed before its cloud. */
  private record Client(SdkClient client) implements AutoCloseable {
    @Override
    public void close() {
      client.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestCloud.class || isClient(parameter.getParameter().getType());
  }

  /** The SDK's synchronous clients are interfaces with a builder; its asynchronous ones would need a transport of their own. */
  private static boolean isClient(Class<?> type) {
    return SdkClient.class.isAssignableFrom(type) && type.isInterface() && !type.getSimpleName().endsWith("AsyncClient");
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      throw new ParameterResolutionException("Every test has a cloud of its own, so a constructor, @BeforeAll or @AfterAll can have none; take it in @BeforeEach or in the test");
    }
    TestCloud cloud = context.getStore(OURS).getOrComputeIfAbsent(Started.class, _ -> start(context), Started.class).cloud();
    Class<?> type = parameter.getParameter().getType();
    return type == TestCloud.class ? cloud : context.getStore(OURS).getOrComputeIfAbsent(type, _ -> new Client(client(type, cloud)), Client.class).client();
  }

  private static SdkClient client(Class<?> type, TestCloud cloud) {
    try {
      return cloud.client(type.getMethod("builder").invoke(null));
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new ParameterResolutionException(type.getName() + " is no client that can be built: it has no static builder()", e);
    }
  }

  private static Started start(ExtensionContext context) {
    LocalCloud settings =
        AnnotationSupport.findAnnotation(context.getRequiredTestClass(), LocalCloud.class, context.getEnclosingTestClasses())
            .orElseThrow(() -> new ParameterResolutionException("Annotate the class with @LocalCloud"));
    try {
      return new Started(TestCloud.start(settings, template(settings)));
    } catch (Exception e) {
      throw new ParameterResolutionException("The local cloud did not start: " + e.getMessage(), e);
    }
  }

  private static Path template(LocalCloud settings) {
    String named = settings.cdkOut().isEmpty() ? System.getProperty("agentpost.cdk.out", "") : settings.cdkOut();
    if (!named.isEmpty()) {
      if (!isSynthesized(Path.of(named))) {
        throw new IllegalArgumentException("there is no manifest.json in " + Path.of(named).toAbsolutePath() + "; ./agentpost synth writes one and prints its directory");
      }
      return Path.of(named);
    }
    Optional<Path> found =
        Stream.iterate(Optional.of(Path.of("").toAbsolutePath()), Optional::isPresent, above -> above.map(Path::getParent))
            .flatMap(Optional::stream)
            .map(directory -> directory.resolve(SYNTHESIZED))
            .filter(LocalCloudExtension::isSynthesized)
            .findFirst();
    return found.orElseThrow(
        () -> new IllegalArgumentException("there is no " + SYNTHESIZED + " above " + Path.of("").toAbsolutePath() + "; run ./agentpost synth, or name a template's directory in @LocalCloud(cdkOut = …)"));
  }

  private static boolean isSynthesized(Path directory) {
    return Files.isRegularFile(directory.resolve("manifest.json"));
  }
}
