package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.Placement;
import agentpost.infra.catalog.Catalog.Throttle;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awscdk.services.apigateway.CfnStage.MethodSettingProperty;

/**
 * How many requests a second each of the API's methods takes, so that a stranger cannot spend the
 * account's executions. A stage's own setting is each method's that has none ("Throttle requests to
 * your REST APIs", API Gateway developer guide).
 */
final class MethodSettings {
  /** The account's default quotas: a target above them is none. */
  private static final int MAX_RATE = 10_000;

  private static final int MAX_BURST = 5_000;

  private MethodSettings() {}

  /**
   * With metrics of each method's own if the catalog wants them; the stage's, on which the alarm
   * is, are there without them (developer guide, "Amazon API Gateway dimensions and metrics").
   */
  static List<MethodSettingProperty> of(Catalog catalog) {
    Throttle throttle = catalog.doors().throttle();
    boolean metrics = catalog.hasDetailedMetrics();
    List<MethodSettingProperty> all = new ArrayList<>();
    all.add(setting("*", "/*", hostedRate(catalog), metrics));
    all.add(setting("POST", "/deliveries/{agent}", deliveryRate(catalog), metrics));
    all.add(setting("GET", SecretsStack.KEYS_ROUTE, throttle.keys(), metrics));
    if (!catalog.sources().isEmpty()) {
      all.add(setting("POST", IngestStack.ROUTE, throttle.ingest(), metrics));
    }
    if (!catalog.processors().isEmpty()) {
      all.add(setting("POST", "/webhooks/process-complete", throttle.operations(), metrics));
    }
    if (catalog.hostedProcessor().isPresent()) {
      all.add(setting("POST", "/process-data", throttle.operations(), metrics));
    }
    return all;
  }

  /** Of the agent that has most; a redrive and the recovery come beside EventBridge. */
  private static int hostedRate(Catalog catalog) {
    return 2
        * catalog.agents().stream()
            .filter(agent -> agent.place() instanceof Placement.Hosted)
            .mapToInt(Catalog.Agent::rate)
            .max()
            .orElse(1);
  }

  /** EventBridge posts no more, all agents' together. */
  private static int deliveryRate(Catalog catalog) {
    return catalog.agents().stream().mapToInt(Catalog.Agent::rate).sum();
  }

  private static MethodSettingProperty setting(
      String method, String path, int rate, boolean metrics) {
    return MethodSettingProperty.builder()
        .httpMethod(method)
        .resourcePath(path.equals("/*") ? path : "/" + path.replace("/", "~1"))
        .loggingLevel("ERROR")
        .metricsEnabled(metrics)
        .throttlingRateLimit(Math.min(rate, MAX_RATE))
        .throttlingBurstLimit(Math.min(2 * rate, MAX_BURST))
        .build();
  }
}
