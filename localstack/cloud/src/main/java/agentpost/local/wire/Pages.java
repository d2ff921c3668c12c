package agentpost.local.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.CRC32;

/**
 * A list's page: so many items, and a token for the rest that says after which key it goes on, so
 * that what comes and goes meanwhile is neither lost nor twice.
 *
 * @param tokenName as the service spells it, such as {@code NextToken}
 * @param after the last key of the page before
 */
public record Pages(String tokenName, String after, int most) {
  private static final int CHECKSUM_LENGTH = 8;

  /**
   * @param sizeName the member that says how many are asked for
   * @param largest page
   * @throws AwsException if the token is none
   */
  public static Pages of(ObjectNode input, String tokenName, String sizeName, int largest) {
    return of(input, tokenName, sizeName, largest, "InvalidNextTokenException");
  }

  /**
   * @param errorCode what the service calls a token that is none
   */
  public static Pages of(
      ObjectNode input, String tokenName, String sizeName, int largest, String errorCode) {
    String token = input.path(tokenName).asText("");
    return new Pages(
        tokenName,
        token.isEmpty()
            ? ""
            : decode(token)
                .orElseThrow(
                    () ->
                        AwsException.badRequest(
                            errorCode,
                            "The "
                                + tokenName
                                + " is not valid: it must be one that a list was answered with")),
        Math.min(largest, input.path(sizeName).asInt(largest)));
  }

  /** With a checksum, so that a text that only looks like a token is none. */
  private static String encode(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((checksum(key) + key).getBytes(UTF_8));
  }

  private static Optional<String> decode(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), UTF_8);
      String key = text.substring(Math.min(CHECKSUM_LENGTH, text.length()));
      return Optional.of(key).filter(one -> encode(one).equals(token));
    } catch (IllegalArgumentException e) {
      // Base64 has no other way to say that a text is none.
      return Optional.empty();
    }
  }

  private static String checksum(String key) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(UTF_8));
    return "%08x".formatted(crc.getValue());
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
      out.put(tokenName, encode(key.apply(rest.get(most - 1))));
    }
  }
}
