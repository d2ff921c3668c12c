package agentpost.callback;

import static agentpost.catalog.EnvironmentVariables.CLAIMS_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.WORK_QUEUE_URL;

import agentpost.catalog.AgentName;
import agentpost.delivery.AddressGuard;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.webhook.ClaimStore;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * {@code POST /process-data} of one processor. Environment: PROCESSOR (its name),
 * PROCESSOR_SECRET_PREFIX, CLAIMS_TABLE, WORK_QUEUE_URL, CALLBACK_ALLOWED_PORTS (443 if absent),
 * ALLOWED_ADDRESSES (none if absent).
 */
public final class ProcessDataHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final WorkAcceptor acceptor;

  public ProcessDataHandler() {
    this(Platform.lambda());
  }

  public ProcessDataHandler(Platform platform) {
    Environment environment =
        Environment.require(
            platform.environment(),
            PROCESSOR,
            PROCESSOR_SECRET_PREFIX,
            CLAIMS_TABLE,
            WORK_QUEUE_URL);
    AgentName processor = new AgentName(environment.get(PROCESSOR));
    WebhookKeyStore secrets = new WebhookKeyStore(SecretStore.from(platform));
    DynamoDbClient tables = platform.aws().create(DynamoDbClient.builder());
    this.acceptor =
        new WorkAcceptor(
            new WorkAcceptor.Parts(
                new ProcessorAuthenticator(
                    List.of(processor),
                    secrets,
                    environment.get(PROCESSOR_SECRET_PREFIX),
                    platform.clock()),
                AddressGuard.from(platform),
                new ClaimStore(tables, environment.get(CLAIMS_TABLE), processor, platform.clock()),
                new WorkQueue(
                    platform.aws().create(SqsClient.builder()), environment.get(WORK_QUEUE_URL)),
                platform.clock(),
                platform.log()));
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    Duration remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
    return acceptor.endpoint().handle(event, request -> acceptor.receive(request, remaining));
  }
}
