package agentpost.local.eventbridge.delivery;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * So many places for all, of which nobody gets more than are left: whoever does not give theirs
 * back cannot keep the others out (Choudhury and Hahne, "Dynamic Queue Length Thresholds for
 * Shared-Memory Packet Switches", 1998). Who has none gets one in any case, so there may be one
 * more for each.
 */
final class FairShares {
  private final Map<String, Integer> taken = new HashMap<>();
  private int left;

  FairShares(int places) {
    this.left = places;
  }

  /**
   * @param most that this one may have, whatever is left
   */
  synchronized boolean take(String who, int most) {
    int has = taken.getOrDefault(who, 0);
    if (has > 0 && has >= Math.min(most, left)) {
      return false;
    }
    taken.merge(who, 1, Integer::sum);
    left--;
    return true;
  }

  /** A place for each, or none at all. */
  synchronized boolean takeAll(List<String> each) {
    for (int i = 0; i < each.size(); i++) {
      if (!take(each.get(i), Integer.MAX_VALUE)) {
        each.subList(0, i).forEach(this::give);
        return false;
      }
    }
    return true;
  }

  synchronized void give(String who) {
    taken.computeIfPresent(who, (_, places) -> places == 1 ? null : places - 1);
    left++;
  }
}
