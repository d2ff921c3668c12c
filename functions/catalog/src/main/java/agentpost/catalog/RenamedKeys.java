package agentpost.catalog;

import java.util.Map;
import java.util.Optional;

/**
 * Keys that catalogs of before had under another name: who still writes one is told the new one.
 */
final class RenamedKeys {
  private static final Map<String, String> BY_OLD_NAME =
      Map.of(
          "breaker.failures", "failureThreshold",
          "breaker.of", "windowSize",
          "breaker.within", "window",
          "breaker.open", "openDuration",
          "breaker.longest", "maxOpenDuration",
          "recovery.auto", "enabled",
          "recovery.wait", "initialBackoff",
          "recovery.longest", "maxBackoff",
          "rotation.every", "interval");

  private RenamedKeys() {}

  /**
   * @param path of the mapping that has the key
   */
  static Optional<String> newName(String path, String key) {
    String section = path.substring(path.lastIndexOf('.') + 1);
    return Optional.ofNullable(BY_OLD_NAME.get(section + "." + key));
  }
}
