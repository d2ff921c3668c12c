package agentpost.local.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * The digests by which clients check what they sent and got (developer guide, "Calculating the MD5
 * message digest for message attributes").
 */
final class MessageDigests {
  private static final byte TEXT = 1;
  private static final byte BINARY = 2;

  private MessageDigests() {}

  static String of(String body) {
    return HexFormat.of().formatHex(digest("MD5").digest(body.getBytes(UTF_8)));
  }

  /** The deduplication id of a queue that deduplicates by content: SHA-256 of the body. */
  static String deduplicationId(String body) {
    return HexFormat.of().formatHex(digest("SHA-256").digest(body.getBytes(UTF_8)));
  }

  static String of(ObjectNode attributes) {
    MessageDigest md5 = digest("MD5");
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    attributes.properties().forEach(one -> sorted.put(one.getKey(), one.getValue()));
    sorted.forEach(
        (name, value) -> {
          String type = value.path("DataType").asText();
          update(md5, name.getBytes(UTF_8));
          update(md5, type.getBytes(UTF_8));
          if (type.startsWith("Binary")) {
            md5.update(BINARY);
            update(md5, Base64.getDecoder().decode(value.path("BinaryValue").asText()));
          } else {
            md5.update(TEXT);
            update(md5, value.path("StringValue").asText().getBytes(UTF_8));
          }
        });
    return HexFormat.of().formatHex(md5.digest());
  }

  private static void update(MessageDigest md5, byte[] value) {
    md5.update(ByteBuffer.allocate(Integer.BYTES).putInt(value.length).array());
    md5.update(value);
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }
}
