package agentpost.local.scenarios;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The suite on a LocalStack that runs on this machine. Without Docker it has no Lambda: as {@code
 * localstack/host-mode} sets it up, it invokes functions at AGENTPOST_LAMBDA_ENDPOINT, by Lambda's
 * own Invoke call, and the handlers run in this JVM.
 */
@EnabledIfEnvironmentVariable(
    named = "AGENTPOST_LOCALSTACK_ENDPOINT",
    matches = "http.*",
    disabledReason =
        "AGENTPOST_LOCALSTACK_ENDPOINT names no LocalStack; 'localstack/host-mode start' starts one"
            + " and says what to export")
class LocalStackEndpointScenariosIT extends Scenarios {
  @Override
  Cloud open(Path directory, String stage) throws Exception {
    int functions =
        Optional.ofNullable(System.getenv("AGENTPOST_LAMBDA_ENDPOINT"))
            .map(invoked -> URI.create(invoked).getPort())
            .orElse(0);
    // LocalStack takes any container for its own, so host-mode says that it is no such.
    boolean hasDocker = !"host".equals(System.getenv("AGENTPOST_LOCALSTACK_MODE"));
    URI endpoint = URI.create(System.getenv("AGENTPOST_LOCALSTACK_ENDPOINT"));
    return new LocalStackCloud(
        endpoint, hasDocker, functions, port -> "http://127.0.0.1:" + port, directory, stage);
  }
}
