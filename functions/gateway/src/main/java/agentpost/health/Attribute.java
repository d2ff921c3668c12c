package agentpost.health;

import java.util.Locale;

/**
 * The attributes of the table's items: of an agent's row, and, from {@link #VERIFIED_URL} on, of
 * its owner's. Beside these a row has its key and {@code slot0}, {@code slot1} … of the attempts
 * that are under way.
 */
enum Attribute {
  EXPIRES_AT,
  OUTCOMES,
  OPEN_UNTIL,
  OPEN_MILLIS,
  OPENED_AT,
  CLOSED_AT,
  PROBE_UNTIL,
  OUTAGE_SINCE,
  OUTAGE_BECAUSE,
  TROUBLED_AT,
  FAILED_AT,
  ANNOUNCED_AT,
  ENDED_AT,
  RECOVERY_LEASE,
  RECOVERY_DUE,
  RECOVERY_WAIT,
  RECOVERY_RATE,
  RECOVERY_FAILED_AT,
  LOOKED_DEPTH,
  STUCK_COUNT,
  REFUSED_IDS,
  VERIFIED_URL,
  VERIFIED_AT,
  CHALLENGE_URL,
  CHALLENGE_DUE,
  CHALLENGE_WAIT,
  CHALLENGE_LEASE,
  STOPPED_AT,
  STOPPED_BECAUSE,
  STOPPED_URL,
  STOP_ANNOUNCED_AT,
  STOP_ENDED_AT,
  TENDED_AT;

  private static final String SLOT = "slot";

  /** As it stands in the table, and in its expressions: none is a reserved word of DynamoDB's. */
  String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  static String slotColumn(int number) {
    return SLOT + number;
  }

  static boolean isSlot(String column) {
    return column.startsWith(SLOT);
  }

  static int slotNumber(String column) {
    return Integer.parseInt(column.substring(SLOT.length()));
  }
}
