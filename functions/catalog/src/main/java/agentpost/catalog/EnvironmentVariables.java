package agentpost.catalog;

import java.util.Optional;

/**
 * What functions are told in their environment: the CDK app sets these variables, functions read
 * them.
 */
public final class EnvironmentVariables {
  /** The agent's own name. */
  public static final String AGENT = "AGENT";

  /** Id of the secret with what the catalog says of agents ({@link Directory}). */
  public static final String AGENT_DIRECTORY = "AGENT_DIRECTORY";

  /** What an agent's secret is named by, before the agent's name. */
  public static final String AGENT_SECRET_PREFIX = "AGENT_SECRET_PREFIX";

  public static final String AGENT_STATE_TABLE = "AGENT_STATE_TABLE";

  /** Private ranges that calls may reach, with commas between them; absent for none. */
  public static final String ALLOWED_ADDRESSES = "ALLOWED_ADDRESSES";

  /** Ranges that may come in at an agent's door, with commas between them; absent for all. */
  public static final String ALLOWED_SOURCES = "ALLOWED_SOURCES";

  public static final String BUS_ARN = "BUS_ARN";
  public static final String BUS_NAME = "BUS_NAME";

  /** Ports that calls may reach, with commas between them. */
  public static final String CALLBACK_ALLOWED_PORTS = "CALLBACK_ALLOWED_PORTS";

  /** Where a processor says that work is done. */
  public static final String CALLBACK_URL = "CALLBACK_URL";

  public static final String CLAIMS_TABLE = "CLAIMS_TABLE";

  /** EventBridge's connection that opens the relay. */
  public static final String CONNECTION_NAME = "CONNECTION_NAME";

  /** What an agent's dead-letter queue is named by, before the agent's name. */
  public static final String DEAD_LETTER_QUEUE_PREFIX = "DEAD_LETTER_QUEUE_PREFIX";

  /** Who e-mails are from. */
  public static final String EMAIL_FROM = "EMAIL_FROM";

  /**
   * What hosted agents' functions are named by, before the agent's name, for a relay that invokes
   * them; absent for one that calls the API.
   */
  public static final String FUNCTION_PREFIX = "FUNCTION_PREFIX";

  /** The table of circuits, consents and outages. */
  public static final String HEALTH_TABLE = "HEALTH_TABLE";

  /** The door's URL as third parties have it, ending in a slash. */
  public static final String INGEST_URL = "INGEST_URL";

  public static final String OPERATIONS_TABLE = "OPERATIONS_TABLE";

  /** The processor's own name, or the one that is asked. */
  public static final String PROCESSOR = "PROCESSOR";

  /** Processors' names, with commas between them. */
  public static final String PROCESSORS = "PROCESSORS";

  /** What a processor's secret is named by, before the processor's name. */
  public static final String PROCESSOR_SECRET_PREFIX = "PROCESSOR_SECRET_PREFIX";

  /** Where operations are started. */
  public static final String PROCESSOR_URL = "PROCESSOR_URL";

  /** Where the receiver of {@code verify-deployment} keeps what reached it. */
  public static final String RECEIVER_TABLE = "RECEIVER_TABLE";

  /** Id of the secret that has the connection's key. */
  public static final String RELAY_KEY_SECRET = "RELAY_KEY_SECRET";

  /** The queue of what schedules could not put on the bus. */
  public static final String SCHEDULE_DLQ_ARN = "SCHEDULE_DLQ_ARN";

  public static final String SCHEDULE_GROUP = "SCHEDULE_GROUP";

  /** The role that a schedule puts its event with. */
  public static final String SCHEDULE_ROLE_ARN = "SCHEDULE_ROLE_ARN";

  /** The label of the scheme that an agent's deliveries are signed by; absent for HMAC. */
  public static final String SIGNATURE = "SIGNATURE";

  /** Sources' names, with commas between them. */
  public static final String SOURCES = "SOURCES";

  /** Id of the secret with what the catalog says of sources ({@link Directory}). */
  public static final String SOURCE_DIRECTORY = "SOURCE_DIRECTORY";

  /** What a source's secret is named by, before the source's name. */
  public static final String SOURCE_SECRET_PREFIX = "SOURCE_SECRET_PREFIX";

  /** Who reads alerts. */
  public static final String SUPPORT_EMAIL = "SUPPORT_EMAIL";

  /** Id of the secret that the agent's deliveries are signed with. */
  public static final String WEBHOOK_SECRET = "WEBHOOK_SECRET";

  public static final String WORK_QUEUE_URL = "WORK_QUEUE_URL";

  private EnvironmentVariables() {}

  /** What a hosted agent's {@code uses} must have for it to be told this; absent for the rest. */
  public static Optional<String> uses(String variable) {
    return switch (variable) {
      case AGENT_STATE_TABLE -> Optional.of("[state] or [updates]");
      case EMAIL_FROM -> Optional.of("[email]");
      case SUPPORT_EMAIL -> Optional.of("[support]");
      case SCHEDULE_GROUP, SCHEDULE_ROLE_ARN, SCHEDULE_DLQ_ARN, BUS_ARN ->
          Optional.of("[schedule] or [cancel]");
      case OPERATIONS_TABLE, PROCESSOR_URL, CALLBACK_URL, PROCESSOR_SECRET_PREFIX ->
          Optional.of("[operations]");
      default -> Optional.empty();
    };
  }
}
