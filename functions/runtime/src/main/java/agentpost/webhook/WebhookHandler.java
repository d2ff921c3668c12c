package agentpost.webhook;

import static agentpost.catalog.EnvironmentVariables.AGENT;
import static agentpost.catalog.EnvironmentVariables.ALLOWED_SOURCES;
import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.CLAIMS_TABLE;
import static agentpost.catalog.EnvironmentVariables.SIGNATURE;
import static agentpost.catalog.EnvironmentVariables.WEBHOOK_SECRET;

import agentpost.catalog.AgentName;
import agentpost.catalog.AgentSettings;
import agentpost.http.SourceIpFilter;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.platform.Priming;
import agentpost.publish.EventBridgePublisher;
import agentpost.publish.HopLimit;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.secrets.SignatureSchemes;
import agentpost.secrets.WebhookKeyStore;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * {@code POST /webhooks/{agent}}: one hosted agent behind its {@link Inbox}. An agent's handler
 * extends this with its agent and nothing else. Everything is built here, at init, so that
 * SnapStart's snapshot has it.
 */
public abstract class WebhookHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final Inbox inbox;

  // Kept from the garbage collector: the checkpoint's context holds it by a weak reference.
  @SuppressWarnings("UnusedVariable")
  private final Priming priming;

  protected WebhookHandler(Platform platform, Agent agent) {
    Environment environment =
        Environment.require(platform.environment(), AGENT, WEBHOOK_SECRET, BUS_NAME, CLAIMS_TABLE);
    AgentName name = new AgentName(environment.get(AGENT));
    DynamoDbClient tables = platform.aws().create(DynamoDbClient.builder());
    this.inbox =
        new Inbox(
            new Inbox.Parts(
                name,
                agent,
                new WebhookKeyStore(
                    SecretStore.from(platform),
                    SignatureSchemes.ALL.named(
                        platform
                            .environment()
                            .getOrDefault(SIGNATURE, AgentSettings.DEFAULT_SIGNATURE))),
                environment.get(WEBHOOK_SECRET),
                EventSchemas.load(),
                new ClaimStore(tables, environment.get(CLAIMS_TABLE), name, platform.clock()),
                new HopLimit(
                    EventBridgePublisher.from(platform, environment.get(BUS_NAME)),
                    environment.get(BUS_NAME),
                    platform.clock(),
                    platform.log()),
                platform.clock(),
                platform.log()),
            SourceIpFilter.of(platform.environment().getOrDefault(ALLOWED_SOURCES, "")));
    this.priming = Priming.with(platform, inbox::rehearse);
  }

  @Override
  public final APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    Duration remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
    return inbox.endpoint().handle(event, request -> inbox.receive(request, remaining));
  }
}
