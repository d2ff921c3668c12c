package agentpost.local.scenarios;

/**
 * What a cloud does not do as AWS does. A scenario that {@link Hits} one asserts, where there is
 * the gap, what is done instead, which each entry's comment says: it fails when the gap closes, and
 * the entry goes.
 */
public enum Gap {
  /** Posts once, whatever the endpoint answers. */
  NO_RETRIES(Of.LOCALSTACK),

  /** Keeps a target's dead-letter queue and sends nothing there: what is not delivered is gone. */
  NO_DEAD_LETTERS(Of.LOCALSTACK),

  /** Keeps an API destination's rate and posts as fast as it can. */
  NO_RATE_LIMIT(Of.LOCALSTACK),

  /** Sends {@code $.detail.…} in a target's headers, query and path as that text. */
  NO_DYNAMIC_PARAMETERS(Of.LOCALSTACK),

  /** Writes an event's JSON anew before it sends it, with other spaces and escapes. */
  REWRITES_JSON(Of.LOCALSTACK),

  /** Follows a redirect, and asks with GET where it leads. */
  FOLLOWS_REDIRECTS(Of.LOCALSTACK),

  /** Delivers by a disabled rule as by an enabled one. */
  DISABLED_RULES_DELIVER(Of.LOCALSTACK),

  /** Refuses an entry of 256 KB, the limit until 2025, and with it the whole request. */
  SMALL_ENTRIES(Of.LOCALSTACK),

  /** Makes the rule of a pattern that is none. */
  TAKES_ANY_PATTERN(Of.LOCALSTACK),

  /** Answers StartReplay with 500 if the archive has an event for it, and replays nothing. */
  NO_REPLAYS(Of.LOCALSTACK),

  /** Keeps schedules and does nothing when their time comes. */
  SCHEDULES_NEVER_FIRE(Of.LOCALSTACK),

  /** Has no SES v2: mail goes to the outbox in this JVM. */
  NO_SES_V2(Of.LOCALSTACK),

  /** Has no {@code AWS::Events::Archive} in CloudFormation: the archive is made by its API. */
  NO_ARCHIVES_IN_CLOUDFORMATION(Of.LOCALSTACK),

  /** Takes a function, whose state becomes {@code Failed}: functions run in this JVM. */
  NO_LAMBDA_WITHOUT_DOCKER(Of.LOCALSTACK_WITHOUT_DOCKER),

  /** Wants to download DynamoDB Local: tables are in the one embedded in this JVM. */
  NO_DYNAMODB_WITHOUT_DOWNLOAD(Of.LOCALSTACK_WITHOUT_DOCKER),

  /** Answers that it does not support Step Functions. */
  NO_STEP_FUNCTIONS(Of.EMBEDDED);

  /** Which clouds have a gap. */
  public enum Of {
    EMBEDDED,
    LOCALSTACK,
    LOCALSTACK_WITHOUT_DOCKER
  }

  private final Of of;

  Gap(Of of) {
    this.of = of;
  }

  public Of of() {
    return of;
  }
}
