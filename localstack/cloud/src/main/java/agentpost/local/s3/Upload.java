package agentpost.local.s3;

import agentpost.local.storage.Spool;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** The object that a PutObject brings, held to every length and checksum that came with it. */
final class Upload {
  private static final String CHECKSUM = "x-amz-checksum-";

  private Upload() {}

  static StoredObject of(AwsRequest request, Instant now, Spool spool) {
    Map<String, String> headers = new HashMap<>(request.headers());
    String payload = request.header("x-amz-content-sha256").orElse("UNSIGNED-PAYLOAD");
    byte[] body = request.body();
    if (payload.startsWith("STREAMING-")
        || request.header("content-encoding").orElse("").contains("aws-chunked")) {
      AwsChunked chunked = AwsChunked.decode(body);
      body = chunked.body();
      headers.putAll(chunked.trailers());
      if (!headers
          .getOrDefault("x-amz-decoded-content-length", Integer.toString(body.length))
          .equals(Integer.toString(body.length))) {
        throw AwsException.badRequest(
            "IncompleteBody",
            "You did not provide the number of bytes specified by the x-amz-decoded-content-length"
                + " HTTP header");
      }
    } else if (!payload.equals("UNSIGNED-PAYLOAD")
        && !payload.equals(HexFormat.of().formatHex(digest("SHA-256", body)))) {
      throw AwsException.badRequest(
          "XAmzContentSHA256Mismatch",
          "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    byte[] md5 = digest("MD5", body);
    if (headers.containsKey("content-md5") && !headers.get("content-md5").equals(base64(md5))) {
      throw AwsException.badRequest(
          "BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
    return new StoredObject(
        spool.keep(body),
        '"' + HexFormat.of().formatHex(md5) + '"',
        now,
        keepHeaders(headers, body));
  }

  /** Of an object whose bytes are not there yet. */
  static Map<String, String> keepHeaders(AwsRequest request) {
    return keepHeaders(request.headers(), new byte[0]);
  }

  private static Map<String, String> keepHeaders(Map<String, String> headers, byte[] body) {
    Map<String, String> kept = new LinkedHashMap<>();
    kept.put("Content-Type", headers.getOrDefault("content-type", "binary/octet-stream"));
    headers.forEach(
        (name, value) -> {
          if (name.startsWith("x-amz-meta-")
              || name.equals("cache-control")
              || name.equals("content-disposition")) {
            kept.put(name, value);
          } else if (name.startsWith(CHECKSUM)
              && !name.equals(CHECKSUM + "type")
              && !name.equals(CHECKSUM + "algorithm")) {
            check(name.substring(CHECKSUM.length()), value, body);
            kept.put(name, value);
          }
        });
    return kept;
  }

  private static void check(String algorithm, String expected, byte[] body) {
    String actual =
        switch (algorithm) {
          case "crc32" -> base64(crc(new CRC32(), body));
          case "crc32c" -> base64(crc(new CRC32C(), body));
          case "sha1" -> base64(digest("SHA-1", body));
          case "sha256" -> base64(digest("SHA-256", body));
          default ->
              throw S3Service.unsupportedRequest(
                  "checksums by " + algorithm.toUpperCase(Locale.ROOT));
        };
    if (!actual.equals(expected)) {
      throw AwsException.badRequest(
          "BadDigest",
          "The "
              + algorithm.toUpperCase(Locale.ROOT)
              + " you specified did not match the calculated checksum.");
    }
  }

  private static byte[] crc(Checksum checksum, byte[] body) {
    checksum.update(body);
    return ByteBuffer.allocate(Integer.BYTES).putInt((int) checksum.getValue()).array();
  }

  static byte[] digest(String algorithm, byte[] body) {
    try {
      return MessageDigest.getInstance(algorithm).digest(body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has " + algorithm, e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
