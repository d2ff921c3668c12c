package agentpost.ingest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One request as it came.
 *
 * @param urls that the sender may have called, none if it is too large, its query included: made
 *     from what we know of our own door, never from a Host header. Only Twilio signs it
 * @param headers names in any case; every value a name had, in the order they came
 * @param body the exact bytes
 */
public record SignedRequest(List<String> urls, Map<String, List<String>> headers, byte[] body) {
  public SignedRequest {
    urls = List.copyOf(urls);
    Map<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach(
        (name, values) -> byName.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(values));
    headers = Collections.unmodifiableMap(byName);
  }

  /** The URL is known, as the sender writes it. */
  public SignedRequest(String url, Map<String, List<String>> headers, byte[] body) {
    this(List.of(url), headers, body);
  }

  /** Headers have signatures in them, and the body is someone's. */
  @Override
  public String toString() {
    return "Received(" + headers.size() + " headers, " + body.length + " bytes)";
  }

  /** Whether there is a header of this name, whatever is in it. */
  public boolean has(String name) {
    return headers.containsKey(name);
  }

  /** A header's only value; nothing if it is missing, blank or there are several. */
  public Optional<String> header(String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    return values.size() == 1 && !values.getFirst().isBlank()
        ? Optional.of(values.getFirst().strip())
        : Optional.empty();
  }
}
