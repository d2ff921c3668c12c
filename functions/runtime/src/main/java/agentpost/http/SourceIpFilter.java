package agentpost.http;

import agentpost.address.Ranges;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lets in requests from some addresses only, as the connection had them. The API turns most of the
 * others away before; it knows paths as they were written, and a path can be written in several
 * ways.
 *
 * @param from empty if everyone may come in
 */
public record SourceIpFilter(Ranges from, Consumer<String> log) {
  /**
   * @param list as {@link Ranges#of} reads it
   * @throws IllegalStateException if it is no list of ranges: the function does not start
   */
  public static SourceIpFilter of(String list, Consumer<String> log) {
    try {
      return new SourceIpFilter(Ranges.of(list), log);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("ALLOWED_SOURCES: " + e.getMessage(), e);
    }
  }

  /**
   * The answer to who may not come in; nothing for others. Its reason is in the log only.
   *
   * @param door as the log has it, such as {@code agent} and its name
   */
  public Optional<Response> refusal(Request request, String door, String name) {
    if (from.isEmpty() || from.contains(request.sourceIp())) {
      return Optional.empty();
    }
    ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "turned away")
            .put(door, name)
            .put("source_ip", request.sourceIp());
    log.accept(
        line.put("bytes", request.body().length)
            .put("status", Problem.FORBIDDEN.status())
            .put("outcome", "forbidden")
            .put("reason", "its address is in no range that may come in here")
            .toString());
    return Optional.of(Problem.FORBIDDEN.because("the request is refused"));
  }
}
