package agentpost.infra;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.infra.catalog.CatalogException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may call which route, by their addresses: API Gateway turns others away before a function
 * runs. The functions look again.
 */
final class ResourcePolicy {
  /** API Gateway's quota, in bytes. */
  static final int MAX_BYTES = 8192;

  /**
   * The longest that API Gateway makes of {@code execute-api:}: partition, region, account and API
   * come in.
   */
  private static final int EXPANDED =
      "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abcdefghij".length()
          - "execute-api:".length();

  private static final String MAX_LENGTH_RANGE = "255.255.255.255/32";

  private final Map<String, List<String>> paths = new LinkedHashMap<>();
  private final Map<String, List<String>> ranges = new LinkedHashMap<>();
  private final String stage;

  ResourcePolicy(String stage) {
    this.stage = stage;
  }

  /**
   * Lets nobody else in at a path.
   *
   * @param from ranges of addresses
   * @param alsoFrom further ones, that are known when the stack is deployed only
   */
  ResourcePolicy allowOnly(String path, List<String> from, List<String> alsoFrom) {
    if (!from.isEmpty()) {
      // Paths with the same ranges share a statement, for the whole has to be short.
      String key = String.join(",", from) + alsoFrom.size();
      paths.computeIfAbsent(key, _ -> new ArrayList<>()).add(path);
      List<String> all = new ArrayList<>(from);
      all.addAll(alsoFrom);
      ranges.putIfAbsent(key, all);
    }
    return this;
  }

  /**
   * Nothing if everyone may come in everywhere.
   *
   * @throws CatalogException if it is longer than API Gateway takes
   */
  Optional<Map<String, Object>> document() {
    if (paths.isEmpty()) {
      return Optional.empty();
    }
    int bytes = length();
    if (bytes > MAX_BYTES) {
      throw new CatalogException(
          "agents and sources",
          "their from make a resource policy of "
              + bytes
              + " bytes, and API Gateway takes "
              + MAX_BYTES
              + ". Give several of them the same ranges in the same order, for those share a"
              + " statement; join ranges that are neighbours; or deploy a part of them as a stage"
              + " of its own, with an API of its own");
    }
    return Optional.of(policy(ranges));
  }

  /** What tells this policy from another, without what is known at deployment only. */
  String digest() {
    return paths.toString();
  }

  private Map<String, Object> policy(Map<String, List<String>> addresses) {
    List<Map<String, Object>> statements = new ArrayList<>();
    statements.add(statement("Allow", List.of("execute-api:/*")));
    paths.forEach(
        (key, all) -> {
          Map<String, Object> deny =
              statement(
                  "Deny",
                  all.stream().map(path -> "execute-api:/" + stage + "/POST" + path).toList());
          deny.put(
              "Condition",
              Map.of(
                  "NotIpAddress", Map.of("aws:SourceIp", addresses.getOrDefault(key, List.of()))));
          statements.add(deny);
        });
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("Version", "2012-10-17");
    policy.put("Statement", statements);
    return policy;
  }

  private static Map<String, Object> statement(String effect, List<String> resources) {
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("Effect", effect);
    statement.put("Principal", "*");
    statement.put("Action", "execute-api:Invoke");
    statement.put("Resource", resources);
    return statement;
  }

  private int length() {
    Map<String, List<String>> known = new LinkedHashMap<>();
    ranges.forEach(
        (key, all) ->
            known.put(
                key,
                all.stream()
                    .map(range -> range.matches("[0-9A-Fa-f.:]+/[0-9]+") ? range : MAX_LENGTH_RANGE)
                    .toList()));
    int resources = 1 + paths.values().stream().mapToInt(List::size).sum();
    try {
      return new JsonMapper().writeValueAsString(policy(known)).getBytes(UTF_8).length
          + resources * EXPANDED;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Maps of texts are JSON", e);
    }
  }
}
