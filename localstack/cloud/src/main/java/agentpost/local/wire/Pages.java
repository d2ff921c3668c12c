package agentpost.local.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/**
 * A list's page: so many items, and a token for the rest that says after which key it goes on, so
 * that what comes and goes meanwhile is neither lost nor twice.
 *
 * @param tokenName as the service spells it, such as {@code NextToken}
 * @param after the last key of the page before
 */
public record Pages(String tokenName, String after, int most) {
  /**
   * @param sizeName the member that says how many are asked for
   * @param largest page
   * @throws AwsException if the token is none
   */
  public static Pages of(ObjectNode input, String tokenName, String sizeName, int largest) {
    String token = input.path(tokenName).asText("");
    try {
      return new Pages(
          tokenName,
          new String(Base64.getUrlDecoder().decode(token), UTF_8),
          Math.min(largest, input.path(sizeName).asInt(largest)));
    } catch (IllegalArgumentException e) {
      throw AwsException.badRequest(
          "InvalidNextTokenException",
          "The " + tokenName + " is not valid: it must be one that a list was answered with");
    }
  }

  /**
   * @param sorted all that are asked for, in the order of their keys
   * @param shown how an item is answered
   */
  public <T> void fill(
      ObjectNode out,
      String listName,
      List<T> sorted,
      Function<T, String> key,
      Function<T, ? extends JsonNode> shown) {
    ArrayNode list = out.putArray(listName);
    List<T> rest = sorted.stream().filter(one -> key.apply(one).compareTo(after) > 0).toList();
    rest.stream().limit(most).map(shown).forEach(list::add);
    if (rest.size() > most) {
      out.put(
          tokenName,
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(key.apply(rest.get(most - 1)).getBytes(UTF_8)));
    }
  }
}
