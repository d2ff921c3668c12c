package agentpost.infra.bytecode;

import java.util.Map;
import java.util.Set;

/**
 * A call of AWS that a handler can make.
 *
 * @param service the SDK's package, such as {@code dynamodb}
 * @param operation such as {@code PutItem}
 * @param settings by parameters that name a resource, such as {@code tableName}: environment
 *     variables whose values go into them
 * @param texts by the same parameters: constants that go into them
 * @param where the method that makes the request
 */
public record AwsUse(
    String service,
    String operation,
    Map<String, Set<String>> settings,
    Map<String, Set<String>> texts,
    String where) {
  public AwsUse {
    settings = Map.copyOf(settings);
    texts = Map.copyOf(texts);
  }
}
