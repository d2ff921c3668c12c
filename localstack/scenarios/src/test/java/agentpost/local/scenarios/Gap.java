package agentpost.local.scenarios;

/**
 * What a cloud does not do as AWS does. A scenario that {@link Hits} one asserts, where there is
 * the gap, what is done instead: it fails when the gap closes, and the entry goes.
 */
public enum Gap {
  NO_RETRIES(Of.LOCALSTACK, "posts once, whatever the endpoint answers"),
  NO_DEAD_LETTERS(
      Of.LOCALSTACK,
      "keeps a target's dead-letter queue and sends nothing there: what is not delivered is gone"),
  NO_RATE_LIMIT(Of.LOCALSTACK, "keeps an API destination's rate and posts as fast as it can"),
  NO_DYNAMIC_PARAMETERS(
      Of.LOCALSTACK, "sends `$.detail.…` in a target's headers, query and path as that text"),
  FOLLOWS_REDIRECTS(Of.LOCALSTACK, "follows a redirect, and asks with GET where it leads"),
  DISABLED_RULES_DELIVER(Of.LOCALSTACK, "delivers by a disabled rule as by an enabled one"),
  SMALL_ENTRIES(
      Of.LOCALSTACK,
      "refuses an entry of 256 KB, the limit until 2025, and with it the whole request"),
  TAKES_ANY_PATTERN(Of.LOCALSTACK, "makes the rule of a pattern that is none"),
  NO_REPLAYS(
      Of.LOCALSTACK,
      "answers StartReplay with 500 if the archive has an event for it, and replays nothing"),
  SCHEDULES_NEVER_FIRE(Of.LOCALSTACK, "keeps schedules and does nothing when their time comes"),
  NO_SES_V2(Of.LOCALSTACK, "has no SES v2: mail goes to the outbox in this JVM"),
  NO_ARCHIVES_IN_CLOUDFORMATION(
      Of.LOCALSTACK,
      "has no `AWS::Events::Archive` in CloudFormation: the archive is made by its API"),
  NO_LAMBDA_WITHOUT_DOCKER(
      Of.LOCALSTACK_WITHOUT_DOCKER,
      "takes a function, whose state becomes `Failed`: functions run in this JVM"),
  NO_DYNAMODB_WITHOUT_DOWNLOAD(
      Of.LOCALSTACK_WITHOUT_DOCKER,
      "wants to download DynamoDB Local: tables are in the one embedded in this JVM"),
  NO_STEP_FUNCTIONS(Of.EMBEDDED, "answers that it does not support Step Functions");

  /** Which clouds have a gap. */
  public enum Of {
    EMBEDDED,
    LOCALSTACK,
    LOCALSTACK_WITHOUT_DOCKER
  }

  private final Of of;
  private final String instead;

  Gap(Of of, String instead) {
    this.of = of;
    this.instead = instead;
  }

  public Of of() {
    return of;
  }

  /** What the cloud does instead; the sentence's subject is the cloud. */
  public String instead() {
    return instead;
  }
}
