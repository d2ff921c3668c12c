package agentpost.catalog;

import java.util.regex.Pattern;

/**
 * The names of one stack's resources, which people type: the CDK app gives them, and functions, the
 * command and the local cloud find things by them.
 *
 * @param prefix {@code agentpost}, or {@code agentpost-<stage>}; also the name of the stack, the
 *     bus, the connection and the schedule group
 */
public record ResourceNames(String prefix) {
  public static final String PRODUCT = "agentpost";

  /** The alias that every function is called through. */
  public static final String ALIAS = "live";

  private static final String DEAD_LETTERS = "-dlq";
  private static final Pattern STAGE = Pattern.compile("[a-z][a-z0-9]{0,11}");

  /** Of the stack without a stage. */
  public static final ResourceNames DEFAULT = new ResourceNames(PRODUCT);

  /**
   * @param stage empty for none
   * @throws IllegalArgumentException if it is no stage's name
   */
  public static ResourceNames ofStage(String stage) {
    if (stage.isEmpty()) {
      return DEFAULT;
    }
    if (!isStage(stage)) {
      throw new IllegalArgumentException(
          "a stage is a lower-case letter and up to 11 letters or digits");
    }
    return new ResourceNames(PRODUCT + "-" + stage);
  }

  public static boolean isStage(String text) {
    return STAGE.matcher(text).matches();
  }

  /** Whether a stack of this name could be one of ours, of whatever stage. */
  public static boolean isStack(String name) {
    return name.equals(PRODUCT) || name.startsWith(PRODUCT + "-");
  }

  /** The rule, the API destination and the function of an agent. */
  public String agent(String name) {
    return part(name);
  }

  /** The function, the queue or the schedule of what is no agent. */
  public String part(String name) {
    return partPrefix() + name;
  }

  /** What rules, functions, queues and tables are named by, before the agent's or their own. */
  public String partPrefix() {
    return prefix + "-";
  }

  public String deadLetters(String agent) {
    return deadLetters(partPrefix(), agent);
  }

  /** What schedules could not hand over: reminders, and calls of our own functions. */
  public String scheduleDeadLetters() {
    return deadLetters("schedules");
  }

  /**
   * @param queuePrefix as {@link EnvironmentVariables#DEAD_LETTER_QUEUE_PREFIX} has it
   */
  public static String deadLetters(String queuePrefix, String agent) {
    return queuePrefix + agent + DEAD_LETTERS;
  }

  public static boolean isDeadLetters(String queue) {
    return queue.endsWith(DEAD_LETTERS);
  }

  /** Whose dead letters a queue of this stack has. */
  public String agentOfDeadLetters(String queue) {
    return queue.substring(partPrefix().length(), queue.length() - DEAD_LETTERS.length());
  }

  public String webhookSecret(String agent) {
    return agentSecrets() + agent;
  }

  /** What an agent's secret is named by, before the agent. */
  public String agentSecrets() {
    return prefix + "/agents/";
  }

  public String processorSecret(String processor) {
    return processorSecrets() + processor;
  }

  /** What a processor's secret is named by, before the processor. */
  public String processorSecrets() {
    return prefix + "/processors/";
  }

  public String sourceSecret(String source) {
    return sourceSecrets() + source;
  }

  /** What a source's secret is named by, before the source. */
  public String sourceSecrets() {
    return prefix + "/sources/";
  }

  /** The secret with what the catalog says of all agents. */
  public String agentDirectory() {
    return prefix + "/directory/agents";
  }

  /** The secret with what the catalog says of all sources. */
  public String sourceDirectory() {
    return prefix + "/directory/sources";
  }

  /** The secret that has the key of EventBridge's connection. */
  public String relaySecret() {
    return prefix + "/relay";
  }

  public String relay() {
    return part("relay");
  }

  /** The function that delivers dead letters again when a person asks. */
  public String redrive() {
    return part("redrive");
  }

  /** The function that delivers dead letters again by itself. */
  public String recovery() {
    return part("recovery");
  }

  public String rotation() {
    return part("rotation");
  }

  public String claims() {
    return part("claims");
  }

  public String agentState() {
    return part("agent-state");
  }

  public String operations() {
    return part("operations");
  }

  public String health() {
    return part("health");
  }

  /** Names of buckets are everyone's, so this one has the account and the region in it. */
  public String discardBucket(String account, String region) {
    return part("discarded") + "-" + account + "-" + region;
  }

  /**
   * What the rules are named by that {@code agentpost replay} makes for as long as a replay of some
   * event types takes.
   */
  public String replayRules() {
    return part("replay") + "-";
  }

  /** Where Lambda logs what a function of this name writes. */
  public static String functionLog(String function) {
    return "/aws/lambda/" + function;
  }
}
