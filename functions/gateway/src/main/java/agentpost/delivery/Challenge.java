package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.EventId;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * A control envelope as MCP Events' endpoint verification has it: whoever answers with the nonce
 * has read the body and wants what will follow. For one request; docs/external-agents.md is its
 * description for receivers.
 *
 * @param id of the message, which is no event's
 */
record Challenge(EventId id, String nonce) {
  private static final int NONCE_BYTES = 32;
  private static final int ID_BYTES = 16;
  private static final JsonMapper JSON = new JsonMapper();

  /** Drawn anew each time: a nonce from a snapshot would be every instance's. */
  static Challenge draw() {
    RandomGenerator random = new SecureRandom();
    return new Challenge(
        new EventId("msg_verification_" + text(random, ID_BYTES)), text(random, NONCE_BYTES));
  }

  private static String text(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  byte[] body() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "verification")
        .put("challenge", nonce)
        .toString()
        .getBytes(UTF_8);
  }

  boolean isEchoedIn(byte[] answer) {
    try {
      String echo = JSON.readTree(answer).path("challenge").asText("");
      return MessageDigest.isEqual(nonce.getBytes(UTF_8), echo.getBytes(UTF_8));
    } catch (IOException e) {
      return false;
    }
  }
}
