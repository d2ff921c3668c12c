package agentpost.local.deployment;

import agentpost.local.apigateway.RestApiService;
import agentpost.local.cloudformation.Provider;
import agentpost.local.dynamodb.TableFactory;
import agentpost.local.lambda.AsyncInvocations;
import agentpost.local.lambda.EventSourceMappings;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.lambda.FunctionUrls;
import agentpost.local.logs.LogsService;
import agentpost.local.s3.S3Service;
import agentpost.local.scheduler.Scheduler;
import agentpost.local.secrets.SecretsManager;
import agentpost.local.sqs.SqsService;
import agentpost.local.wire.JsonService;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** How each resource type of the template is made; a type that is not here is an error. */
public final class ResourceProviders {
  /** What resources are made at. */
  public record Services(
      JsonService events,
      SecretsManager secrets,
      JsonService parameters,
      LogsService logs,
      SqsService queues,
      S3Service buckets,
      FunctionHost functions,
      AsyncInvocations invocations,
      FunctionUrls urls,
      EventSourceMappings sources,
      Scheduler scheduler,
      RestApiService apis,
      TableFactory tables,
      Supplier<Path> cdkOut) {}

  private final InertResources inert = new InertResources();
  private final Map<String, Provider> providers = new HashMap<>();

  /**
   * @param address that queues' URLs begin with
   */
  public ResourceProviders(Services services, String address) {
    providers.putAll(StoreResources.providers(services, address));
    providers.putAll(EventResources.providers(services.events()));
    providers.putAll(FunctionResources.providers(services, address));
    providers.putAll(ApiResources.providers(services));
    providers.putAll(inert.providers());
  }

  public Map<String, Provider> providers() {
    return Map.copyOf(providers);
  }

  /** What is declared and has no effect here: names by type. */
  public Map<String, List<String>> inertResources() {
    return inert.names();
  }
}
