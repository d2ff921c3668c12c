package agentpost.local.eventbridge.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * A list's pages: at most {@code Limit}, and a token for the rest that says after which name it
 * goes on, so that what comes and goes meanwhile is neither lost nor twice.
 */
public final class Paging {
  /** Of a page, as on AWS. */
  private static final int MAX_PAGE_SIZE = 100;

  private Paging() {}

  /**
   * @param key of the answer's array
   * @param all by what they are sorted by
   * @param shown an item of the list; a null node if it is not wanted
   */
  public static <T> ObjectNode page(
      ObjectNode input,
      String key,
      Map<String, T> all,
      BiFunction<String, T, ? extends JsonNode> shown) {
    String after = input.hasNonNull("NextToken") ? read(key, input.path("NextToken").asText()) : "";
    int most = input.path("Limit").asInt(MAX_PAGE_SIZE);
    String prefix = input.path("NamePrefix").asText("");
    ObjectNode page = JsonNodeFactory.instance.objectNode();
    ArrayNode list = page.putArray(key);
    String last = "";
    for (Map.Entry<String, T> one : all.entrySet()) {
      if (!one.getKey().startsWith(prefix) || one.getKey().compareTo(after) <= 0) {
        continue;
      }
      JsonNode item = shown.apply(one.getKey(), one.getValue());
      if (item.isNull()) {
        continue;
      }
      if (list.size() == most) {
        return page.put(
            "NextToken",
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((key + "\n" + last).getBytes(UTF_8)));
      }
      list.add(item);
      last = one.getKey();
    }
    return page;
  }

  /**
   * What would be filtered by two things is refused: the reference has them exclude each other, and
   * the message is the one that other emulators have.
   */
  public static void oneFilter(ObjectNode input, String operation) {
    if (Stream.of("State", "EventSourceArn", "NamePrefix").filter(input::hasNonNull).count() > 1) {
      throw AwsException.badRequest(
          "ValidationException",
          "At most one filter is allowed for "
              + operation
              + ". Use either : State, EventSourceArn, or NamePrefix.");
    }
  }

  private static String read(String key, String token) {
    try {
      String read = new String(Base64.getUrlDecoder().decode(token), UTF_8);
      if (read.startsWith(key + "\n")) {
        return read.substring(key.length() + 1);
      }
    } catch (IllegalArgumentException e) {
      throw invalidToken();
    }
    throw invalidToken();
  }

  private static AwsException invalidToken() {
    return AwsException.badRequest("ValidationException", "Parameter NextToken is not valid.");
  }
}
