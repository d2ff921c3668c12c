package agentpost.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One HTTP request, whatever brought it.
 *
 * @param path without the stage
 * @param pathParameters of the route, such as {@code agent}
 * @param query decoded, every value of every name, in the order in which the gateway has them
 * @param headers every value of every name; looked up in any case
 * @param body the exact bytes
 * @param sourceIp the caller's address as the connection had it, never as a header says
 */
public record Request(
    String method,
    String path,
    Map<String, String> pathParameters,
    Map<String, List<String>> query,
    Map<String, List<String>> headers,
    byte[] body,
    String sourceIp) {
  public Request {
    query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
    TreeMap<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    byName.putAll(headers);
    headers = Collections.unmodifiableMap(byName);
    pathParameters = Map.copyOf(pathParameters);
  }

  /** Without a query. */
  public Request(
      String method,
      String path,
      Map<String, String> pathParameters,
      Map<String, List<String>> headers,
      byte[] body,
      String sourceIp) {
    this(method, path, pathParameters, Map.of(), headers, body, sourceIp);
  }

  /** Headers have keys and signatures in them, and the body is someone's. */
  @Override
  public String toString() {
    return method + " " + path + " (" + headers.size() + " headers, " + body.length + " bytes)";
  }

  /** A header's only value; nothing if it is missing or there are several. */
  public Optional<String> header(String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
  }
}
