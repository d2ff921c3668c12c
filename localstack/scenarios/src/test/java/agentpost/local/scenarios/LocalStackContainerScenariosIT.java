package agentpost.local.scenarios;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** The suite on a LocalStack in a container, started for it. */
@EnabledIf(
    value = "isDockerThere",
    disabledReason = "There is no Docker on this machine, so no container with LocalStack")
class LocalStackContainerScenariosIT extends Scenarios {
  private static final DockerImageName IMAGE =
      DockerImageName.parse("localstack/localstack:4.14.0");
  private static final String HOST = "http://host.testcontainers.internal:";

  private @Nullable LocalStackContainer container;

  static boolean isDockerThere() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  private static String reached(int port) {
    Testcontainers.exposeHostPorts(port);
    return HOST + port;
  }

  @Override
  Cloud open(Path directory, String stage) throws Exception {
    int functions = freePort();
    LocalStackContainer started = new LocalStackContainer(IMAGE);
    container = started;
    // As localstack/host-mode: the clients inside LocalStack ask itself for all but functions.
    started
        .withAccessToHost(true)
        .withEnv("DISABLE_EVENTS", "1")
        .withEnv("DISTRIBUTED_MODE", "1")
        .withEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
        .withEnv("AWS_ENDPOINT_URL_LAMBDA", reached(functions))
        .start();
    return new LocalStackCloud(
        started.getEndpoint(),
        true,
        functions,
        LocalStackContainerScenariosIT::reached,
        directory,
        stage);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** JUnit would call a method of this class first, and what is taken back is in the container. */
  @Override
  @AfterAll
  void close() {
    try {
      super.close();
    } finally {
      if (container != null) {
        container.stop();
      }
    }
  }
}
