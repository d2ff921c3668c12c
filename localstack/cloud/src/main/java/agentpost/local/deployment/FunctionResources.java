package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import java.util.HashMap;
import java.util.Map;

/** Functions, what asks for them and when. */
final class FunctionResources {
  private FunctionResources() {}

  static Map<String, Provider> providers(ResourceProviders.Services services, String address) {
    Map<String, Provider> providers = new HashMap<>();
    providers.put(
        "AWS::Lambda::Version",
        Provider.recreateOnChange((id, _) -> new Made(id, Map.of("Version", "1"))));
    providers.put(
        "AWS::Lambda::Function", new FunctionProvider(services.functions(), services.cdkOut()));
    providers.put(
        "AWS::Lambda::Alias",
        Provider.recreateOnChange(
            (_, p) -> {
              String function =
                  p.path("FunctionName")
                      .asText()
                      .replaceFirst("^.*:function:", "")
                      .replaceFirst(":.*", "");
              services.functions().alias(function, p.path("Name").asText());
              String arn =
                  "arn:aws:lambda:"
                      + ResourceProperties.ACCOUNT
                      + "function:"
                      + function
                      + ":"
                      + p.path("Name").asText();
              return new Made(arn, Map.of("Arn", arn, "AliasArn", arn));
            },
            (_, alias) -> {
              String[] parts = alias.ref().split(":", -1);
              services.functions().removeAlias(parts[parts.length - 2], parts[parts.length - 1]);
            }));
    providers.put(
        "AWS::Lambda::EventInvokeConfig", new EventInvokeConfigProvider(services.invocations()));
    providers.put("AWS::Lambda::Url", new FunctionUrlProvider(services.urls()));
    providers.put(
        "AWS::Lambda::EventSourceMapping", new EventSourceProvider(services.sources(), address));
    schedules(services, providers);
    return providers;
  }

  private static void schedules(
      ResourceProviders.Services services, Map<String, Provider> providers) {
    providers.put(
        "AWS::Scheduler::ScheduleGroup",
        Provider.recreateOnChange(
            (id, p) -> {
              String name = p.path("Name").asText(id);
              services.scheduler().addGroup(name);
              return new Made(name, Map.of());
            },
            (_, group) -> services.scheduler().removeGroup(group.ref())));
    providers.put(
        "AWS::Scheduler::Schedule",
        Provider.recreateOnChange(
            (id, p) -> {
              String arn =
                  services
                      .scheduler()
                      .put(
                          ResourceProperties.withSeconds(
                              p.deepCopy().put("Name", p.path("Name").asText(id)),
                              "StartDate",
                              "EndDate"))
                      .path("ScheduleArn")
                      .asText();
              return new Made(p.path("Name").asText(id), Map.of("Arn", arn));
            },
            (_, schedule) ->
                services.scheduler().remove(schedule.attributes().getOrDefault("Arn", ""))));
  }
}
