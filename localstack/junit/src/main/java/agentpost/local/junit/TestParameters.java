package agentpost.local.junit;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import software.amazon.awssdk.core.SdkClient;

/** What a test can take, and why it cannot take what looks as if it could. */
final class TestParameters {
  private static final String SDK = "software.amazon.awssdk.";
  private static final String OLD_SDK = "com.amazonaws.services.";
  private static final String OWN = "agentpost.local.";
  private static final String BUILT_BY_HAND =
      "build it in the test with endpointOverride(cloud.endpoint()), region us-east-1 and any"
          + " credentials";

  private TestParameters() {}

  /** Whether a parameter's type is one to resolve or to explain. */
  static boolean isOurs(Class<?> type) {
    String name = type.getName();
    return name.startsWith(OWN)
        || name.startsWith(OLD_SDK)
        || (name.startsWith(SDK)
            && (SdkClient.class.isAssignableFrom(type)
                || name.endsWith("Client")
                || name.endsWith("Presigner")));
  }

  /** Why a test cannot take one of these; nothing if it can. */
  static Optional<String> refusal(Class<?> type) {
    String name = type.getSimpleName();
    if (type == TestCloud.class) {
      return Optional.empty();
    }
    if (type == TestAgent.class) {
      return Optional.of(
          "A test takes its agents of its cloud: take a TestCloud, and call agent(name) on it");
    }
    if (type.getName().startsWith(OWN)) {
      return Optional.of(
          "A test takes no " + type.getName() + "; take an " + TestCloud.class.getName());
    }
    if (type.getName().startsWith(OLD_SDK)) {
      return Optional.of(
          type.getName()
              + " is of the AWS SDK for Java 1; take a client of the AWS SDK for Java 2, such as"
              + " SqsClient, or "
              + BUILT_BY_HAND);
    }
    if (name.endsWith("AsyncClient")) {
      return Optional.of(
          name
              + " is asynchronous and has a transport of its own, which reaches no cloud inside"
              + " this JVM; take "
              + name.replace("AsyncClient", "Client")
              + ", or "
              + BUILT_BY_HAND);
    }
    if (!SdkClient.class.isAssignableFrom(type)) {
      return Optional.of(
          name
              + " is not a service client; take the service's own, such as DynamoDbClient, and"
              + " build it with that, or "
              + BUILT_BY_HAND);
    }
    if (!type.isInterface() || !hasBuilder(type)) {
      return Optional.of(
          type.getName()
              + " is not a client that can be built: it is not an interface with a static"
              + " builder(); take one that is, such as SqsClient");
    }
    return Optional.empty();
  }

  private static boolean hasBuilder(Class<?> type) {
    try {
      return type.getMethod("builder").getParameterCount() == 0;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  static SdkClient client(Class<?> type, TestCloud cloud) {
    try {
      return cloud.client(type.getMethod("builder").invoke(null));
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new ParameterResolutionException(type.getName() + " could not be built", e);
    }
  }
}
