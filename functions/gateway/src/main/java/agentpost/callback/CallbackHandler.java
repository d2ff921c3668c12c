package agentpost.callback;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.OPERATIONS_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSORS;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_SECRET_PREFIX;

import agentpost.catalog.AgentName;
import agentpost.operations.OperationsTable;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Arrays;
import java.util.List;

/**
 * {@code POST /webhooks/process-complete}, called by processors. Environment: PROCESSORS (names,
 * separated by commas), PROCESSOR_SECRET_PREFIX, OPERATIONS_TABLE, BUS_NAME.
 */
public final class CallbackHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final CallbackEndpoint callbacks;

  public CallbackHandler() {
    this(Platform.lambda());
  }

  public CallbackHandler(Platform platform) {
    Environment environment =
        Environment.require(
            platform.environment(),
            PROCESSORS,
            PROCESSOR_SECRET_PREFIX,
            OPERATIONS_TABLE,
            BUS_NAME);
    List<AgentName> processors =
        Arrays.stream(environment.get(PROCESSORS).split(","))
            .map(String::strip)
            .map(AgentName::new)
            .toList();
    OperationsTable table = OperationsTable.from(platform);
    this.callbacks =
        new CallbackEndpoint(
            new CallbackEndpoint.Parts(
                new ProcessorAuthenticator(
                    processors,
                    new WebhookKeyStore(SecretStore.from(platform)),
                    environment.get(PROCESSOR_SECRET_PREFIX),
                    platform.clock()),
                table,
                OutcomeOutbox.from(platform, table),
                environment.get(BUS_NAME),
                platform.clock(),
                platform.deadlines(),
                platform.log()));
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    return callbacks.endpoint().handle(event, callbacks::receive);
  }
}
