package agentpost.local.eventbridge.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code GET /_agentpost/attempts}: every attempt, filtered by {@code event_id}, {@code id}, {@code
 * rule}, {@code agent}, {@code bus}, {@code target}, {@code kind} or {@code outcome}.
 */
public final class AttemptQueries implements AwsService {
  private static final Set<String> FILTERS =
      new TreeSet<>(
          Set.of(
              "event_id", "id", "rule", "agent", "bus", "target_id", "target", "kind", "outcome"));
  private static final int MAX_RESULTS = 1_000;
  private final AttemptStore attempts;

  public AttemptQueries(AttemptStore attempts) {
    this.attempts = attempts;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    try {
      Map<String, List<String>> query = request.query();
      for (String name : query.keySet()) {
        if (!FILTERS.contains(name) && !name.equals("after") && !name.equals("limit")) {
          throw new IllegalArgumentException(
              "There is no filter "
                  + name
                  + "; there are after, limit and "
                  + String.join(", ", FILTERS));
        }
      }
      long after = number(query, "after", 0);
      List<String> found =
          attempts.find(
              entry -> entry.path("number").asLong() > after && matchesQuery(entry, query),
              (int) number(query, "limit", MAX_RESULTS));
      // Texts as they are kept: trees of all would be several times as large.
      return json(
          200,
          "{\"attempts\":["
              + String.join(",", found)
              + "],\"forgotten\":"
              + attempts.countForgotten()
              + "}");
    } catch (IllegalArgumentException e) {
      return json(
          400, JsonNodeFactory.instance.objectNode().put("message", e.getMessage()).toString());
    }
  }

  /** Every name that is given has one of the values that are given for it. */
  private static boolean matchesQuery(ObjectNode entry, Map<String, List<String>> query) {
    return FILTERS.stream()
        .allMatch(
            name ->
                !query.containsKey(name)
                    || query.getOrDefault(name, List.of()).contains(entry.path(name).asText()));
  }

  private static long number(Map<String, List<String>> query, String name, long otherwise) {
    List<String> given = query.getOrDefault(name, List.of());
    if (given.isEmpty()) {
      return otherwise;
    }
    if (!given.getFirst().matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(name + " must be a number; got " + given.getFirst());
    }
    return Long.parseLong(given.getFirst());
  }

  private static AwsResponse json(int status, String body) {
    return new AwsResponse(
        status, Map.of("Content-Type", "application/json"), body.getBytes(UTF_8));
  }
}
