package agentpost.infra;

import agentpost.infra.catalog.CatalogException;
import java.util.regex.Pattern;

/**
 * The names people type, the same locally and on AWS.
 *
 * @param prefix {@code agentpost}, or {@code agentpost-<stage>}; also the stack's and the bus's
 *     name
 */
record Names(String prefix) {
  private static final Pattern STAGE = Pattern.compile("[a-z][a-z0-9]{0,11}");

  static Names of(String stage) {
    if (stage.isEmpty()) {
      return new Names("agentpost");
    }
    if (!STAGE.matcher(stage).matches()) {
      throw new CatalogException(
          "-c stage=" + stage, "a stage is a lower-case letter and up to 11 letters or digits");
    }
    return new Names("agentpost-" + stage);
  }

  /** The rule, the API destination and the function of an agent. */
  String agent(String name) {
    return part(name);
  }

  /** The function, the queue or the schedule of what is no agent. */
  String part(String name) {
    return prefix + "-" + name;
  }

  String deadLetters(String name) {
    return agent(name) + "-dlq";
  }

  String webhookSecret(String name) {
    return agentSecrets() + name;
  }

  /**
   * What an agent's secret is named by, before the agent; its directory entry too, after a slash.
   */
  String agentSecrets() {
    return prefix + "/agents/";
  }

  /** What a processor's secret is named by, before the processor. */
  String processorSecrets() {
    return prefix + "/processors/";
  }

  /** What a source's secret is named by, before the source. */
  String sourceSecrets() {
    return prefix + "/sources/";
  }

  /** What the parameter that describes a source is named by, before the source. */
  String sourceParameters() {
    return "/" + prefix + "/sources/";
  }

  String directoryEntry(String name) {
    return "/" + prefix + "/agents/" + name;
  }

  /** Names of buckets are everyone's, so this one has the account and the region in it. */
  String discardBucket(String account, String region) {
    return part("discarded") + "-" + account + "-" + region;
  }

  /**
   * The rules that {@code agentpost replay} makes for as long as a replay of some event types
   * takes.
   */
  String replays() {
    return part("replay") + "-*";
  }

  String table(String what) {
    return prefix + "-" + what;
  }
}
