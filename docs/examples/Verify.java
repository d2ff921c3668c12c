import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Verify {
  private static final Pattern TOKEN =
      Pattern.compile("(\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\")(\\s*:)?|[{}\\[\\]]");

  /** RFC 3339 allows small letters and a leap second. */
  private static final Pattern TIME =
      Pattern.compile(
          "\"(\\d{4}-\\d\\d-\\d\\d)[Tt](\\d\\d:\\d\\d):([0-5]\\d|60)(?:\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d)\"");

  /** An empty key, or one that is not base64, would take a stranger's signature for ours. */
  static byte[] key(String secret) {
    String text = secret.replaceFirst("^whsec_", "");
    byte[] key = {};
    try {
      key = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      // Its message quotes the secret.
    }
    if (!Base64.getEncoder().encodeToString(key).equals(text) || key.length < 24 || key.length > 64)
      throw new IllegalArgumentException("a secret is whsec_ and base64 of 24 to 64 bytes");
    return key;
  }

  static byte[] mac(byte[] key, byte[]... parts) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    for (byte[] part : parts) mac.update(part);
    return mac.doFinal();
  }

  /**
   * The event's own time in seconds, not one in its data; nothing if it has none. A JSON parser
   * does as well.
   */
  static OptionalLong seconds(String json) {
    Matcher token = TOKEN.matcher(json);
    String text = "";
    boolean isNext = false;
    for (int depth = 0; token.find(); ) {
      if (token.group(1) == null) {
        depth += "{[".contains(token.group()) ? 1 : -1;
        isNext = false;
      } else if (token.group(2) != null) {
        isNext = depth == 1 && token.group(1).equals("\"timestamp\"");
      } else if (isNext) {
        text = token.group(1);
        isNext = false;
      }
    }
    Matcher time = TIME.matcher(text);
    if (!time.matches()) return OptionalLong.empty();
    try {
      String minute = time.group(1) + "T" + time.group(2) + ":00" + time.group(4);
      return OptionalLong.of(
          OffsetDateTime.parse(minute.toUpperCase(Locale.ROOT)).toEpochSecond()
              + Long.parseLong(time.group(3)));
    } catch (DateTimeException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Why a request is refused, or nothing. Header names in lower case; the body's bytes as they
   * came; the live secrets' texts, whsec_…
   */
  static String refused(List<String> texts, Map<String, String> headers, byte[] body, Instant now)
      throws Exception {
    List<String> secrets = texts.stream().map(String::strip).toList();
    List<byte[]> keys = secrets.stream().map(Verify::key).toList();
    if (keys.isEmpty()) throw new IllegalArgumentException("there is no secret");
    boolean good = false;
    if (headers.keySet().stream().anyMatch(name -> name.startsWith("webhook-"))) {
      String id = headers.getOrDefault("webhook-id", ""),
          sent = headers.getOrDefault("webhook-timestamp", "");
      if (id.isEmpty() || sent.isEmpty()) return "bad signature";
      if (!sent.matches("[0-9]{1,12}")) return "malformed";
      if (Math.abs(now.getEpochSecond() - Long.parseLong(sent)) > 300) return "stale";
      for (byte[] key : keys) {
        String expected =
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(mac(key, (id + "." + sent + ".").getBytes(UTF_8), body));
        for (String given : headers.getOrDefault("webhook-signature", "").split(" ", 32)) {
          good |= MessageDigest.isEqual(expected.getBytes(UTF_8), given.getBytes(UTF_8));
        }
      }
      return good ? "" : "bad signature";
    }
    String given =
        headers
            .getOrDefault("x-webhook-signature", "")
            .replaceFirst("^sha256=", "")
            .toLowerCase(Locale.ROOT);
    for (String secret : secrets) {
      good |=
          MessageDigest.isEqual(
              HexFormat.of().formatHex(mac(secret.getBytes(UTF_8), body)).getBytes(UTF_8),
              given.getBytes(UTF_8));
    }
    if (!good) return "bad signature";
    // This header signs no time, so the event's own counts: EventBridge tries for 24 hours.
    OptionalLong sent = seconds(new String(body, UTF_8));
    if (sent.isEmpty()) return "malformed";
    long age = now.getEpochSecond() - sent.getAsLong();
    return age >= -300 && age < 25 * 3600 ? "" : "stale";
  }

  public static void main(String[] secrets) throws Exception {
    String request = new String(System.in.readAllBytes(), ISO_8859_1);
    int end = request.indexOf("\r\n\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (String line : request.substring(0, end).split("\r\n")) {
      headers.put(
          line.substring(0, line.indexOf(": ")).toLowerCase(Locale.ROOT),
          line.substring(line.indexOf(": ") + 2));
    }
    String why =
        refused(
            List.of(secrets),
            headers,
            request.substring(end + 4).getBytes(ISO_8859_1),
            Instant.now());
    System.out.println(why.isEmpty() ? "accepted" : why);
  }
}
