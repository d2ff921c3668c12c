package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.Map;

/**
 * A metric of CloudWatch's, and how its values are put together.
 *
 * @param dimensions its values are of these and of no others
 * @param statistic such as Sum or p99
 */
record Metric(String namespace, String name, Map<String, String> dimensions, String statistic) {
  /** Of our own namespace. */
  static final String OURS = "agentpost";

  /** One that our functions count for the whole stage. */
  static Metric ofStage(ResourceNames names, String name, String statistic) {
    return new Metric(OURS, name, Map.of("Bus", names.prefix()), statistic);
  }

  /** One that recovery measures of an agent. */
  static Metric ofAgent(ResourceNames names, String agent, String name, String statistic) {
    return new Metric(OURS, name, Map.of("Bus", names.prefix(), "Agent", agent), statistic);
  }

  /**
   * What all rules of the bus have of one of EventBridge's metrics. A rule has one only while it
   * has something to tell, so there is no sum of the bus to ask for.
   */
  static String sumOverRules(ResourceNames names, String name) {
    return "SELECT SUM("
        + name
        + ") FROM SCHEMA(\"AWS/Events\", EventBusName, RuleName) WHERE EventBusName = '"
        + names.prefix()
        + "'";
  }

  /**
   * The ten agents or sources with the highest values.
   *
   * @param function such as MAX
   * @param dimension {@code Agent} or {@code Source}
   */
  static String highest(ResourceNames names, String function, String name, String dimension) {
    return "SELECT "
        + function
        + "("
        + name
        + ") FROM SCHEMA(\"agentpost\", Bus, "
        + dimension
        + ") WHERE Bus = '"
        + names.prefix()
        + "' GROUP BY "
        + dimension
        + " ORDER BY "
        + function
        + "() DESC LIMIT 10";
  }
}
