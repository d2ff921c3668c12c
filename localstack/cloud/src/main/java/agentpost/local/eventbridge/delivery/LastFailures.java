package agentpost.local.eventbridge.delivery;

import agentpost.local.eventbridge.targets.AttemptResult;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What attempts at a target failed with last. Where a target is down, one is kept for all that wait
 * for it; of targets nobody has asked for lately, none.
 */
final class LastFailures {
  static final int MAX_TARGETS = 1000;

  private final Map<String, AttemptResult.Failed> byTarget =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, AttemptResult.Failed> eldest) {
          return size() > MAX_TARGETS;
        }
      };

  /** The one before if it says the same. */
  synchronized AttemptResult.Failed keep(String target, AttemptResult.Failed failed) {
    return byTarget.merge(target, failed, (before, now) -> before.equals(now) ? before : now);
  }
}
