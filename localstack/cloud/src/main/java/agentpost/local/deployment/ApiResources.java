package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import agentpost.local.egress.ApiHost;
import java.util.HashMap;
import java.util.Map;

/** REST APIs and their domains. */
final class ApiResources {
  private ApiResources() {}

  static Map<String, Provider> providers(ResourceProviders.Services services) {
    Map<String, Provider> providers = new HashMap<>();
    providers.put(
        "AWS::ApiGateway::RestApi",
        Provider.recreateOnChange(
            (id, p) -> {
              String api = ApiHost.idOf(p.path("Name").asText(), id);
              services.apis().deploy(api, p.path("Body"), p.path("Policy"));
              return new Made(api, Map.of("RestApiId", api, "RootResourceId", "root"));
            }));
    domains(services, providers);
    return providers;
  }

  /** Nobody's DNS leads here, so a domain has another name: one that functions are led by. */
  private static void domains(
      ResourceProviders.Services services, Map<String, Provider> providers) {
    providers.put(
        "AWS::ApiGateway::DomainName",
        Provider.recreateOnChange(
            (id, p) -> {
              String host = ApiHost.of(p.path("DomainName").asText(id).replaceAll("[^a-z0-9]", ""));
              return new Made(
                  host, Map.of("RegionalDomainName", host, "RegionalHostedZoneId", "local"));
            }));
    providers.put(
        "AWS::ApiGateway::BasePathMapping",
        Provider.recreateOnChange(
            (id, p) -> {
              ResourceProperties.refuse(p, "BasePath");
              services
                  .apis()
                  .map(
                      ApiHost.apiOf(p.path("DomainName").asText()).orElseThrow(),
                      p.path("RestApiId").asText(),
                      p.path("Stage").asText());
              return new Made(id, Map.of());
            }));
  }
}
