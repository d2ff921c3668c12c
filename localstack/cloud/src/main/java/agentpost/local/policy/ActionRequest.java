package agentpost.local.policy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What someone asks to do.
 *
 * @param action such as {@code dynamodb:PutItem}
 * @param resource its ARN, or {@code *} where the action has none
 * @param context what conditions are about, by keys in lower case; a key may have several values
 */
public record ActionRequest(String action, String resource, Map<String, List<String>> context) {
  public ActionRequest(String action, String resource) {
    this(action, resource, Map.of());
  }

  public ActionRequest with(String key, List<String> values) {
    Map<String, List<String>> more = new TreeMap<>(context);
    more.put(key.toLowerCase(Locale.ROOT), values);
    return new ActionRequest(action, resource, more);
  }
}
