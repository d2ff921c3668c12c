package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The URL that a third party called, made from our own door's and from the query as API Gateway has
 * it: decoded, and in an order that is not promised to be the sender's. So there are two of it: as
 * it came, and sorted by name, which its owner can make true by writing it so. Twilio puts its
 * {@code bodySHA256} last.
 */
final class SignedUrlCandidates {
  private static final String LAST = "bodySHA256";

  /**
   * More than a URL has room for at API Gateway; whoever calls decides on it, so it is looked at
   * before anything is sorted.
   */
  static final int MAX_PARAMETERS = 1000;

  static final int MAX_LENGTH = 16 * 1024;

  private SignedUrlCandidates() {}

  /** None if the query is too large. */
  static List<String> of(String door, Map<String, List<String>> query) {
    if (query.isEmpty()) {
      return List.of(door);
    }
    if (query.values().stream().mapToInt(List::size).sum() > MAX_PARAMETERS
        || length(query) > MAX_LENGTH) {
      return List.of();
    }
    Map<String, List<String>> sorted = new TreeMap<>(query);
    sorted.remove(LAST);
    Stream<String> hash = parameters(Map.of(LAST, query.getOrDefault(LAST, List.of())));
    return Stream.of(parameters(query), Stream.concat(parameters(sorted), hash))
        .map(all -> door + "?" + all.collect(Collectors.joining("&")))
        .distinct()
        .toList();
  }

  private static int length(Map<String, List<String>> query) {
    return query.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().stream().map(value -> entry.getKey().length() + value.length()))
        .mapToInt(Integer::intValue)
        .sum();
  }

  private static Stream<String> parameters(Map<String, List<String>> query) {
    return query.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().stream()
                    .map(value -> encode(entry.getKey()) + "=" + encode(value)));
  }

  /** As RFC 3986 has it: all but letters, digits and {@code -._~}. */
  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
