package agentpost.local.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.Xml;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/**
 * ListObjectsV2: keys in their order, those with a delimiter behind the prefix rolled up, in pages
 * (S3 API reference).
 */
final class Listing {
  private static final int MAX_KEYS = 1000;
  private final AwsRequest request;
  private final String prefix;
  private final String delimiter;
  private final boolean isEncoded;
  private final int most;

  Listing(AwsRequest request) {
    this.request = request;
    this.prefix = parameter("prefix");
    this.delimiter = parameter("delimiter");
    this.isEncoded = parameter("encoding-type").equals("url");
    this.most = maxKeys();
  }

  private int maxKeys() {
    String asked = parameter("max-keys");
    try {
      return asked.isEmpty() ? MAX_KEYS : Math.clamp(Integer.parseInt(asked), 0, MAX_KEYS);
    } catch (NumberFormatException e) {
      throw AwsException.badRequest(
          "InvalidArgument", "Provided max-keys not an integer or within integer range");
    }
  }

  private String parameter(String name) {
    return request.query().getOrDefault(name, List.of("")).getFirst();
  }

  byte[] of(String bucket, NavigableMap<String, StoredObject> objects) {
    String after = startAfter();
    Set<String> prefixes = new LinkedHashSet<>();
    Map<String, StoredObject> shown = new LinkedHashMap<>();
    String last = "";
    boolean isTruncated = false;
    for (Map.Entry<String, StoredObject> object : objects.tailMap(prefix, true).entrySet()) {
      String key = object.getKey();
      if (!key.startsWith(prefix)) {
        break;
      }
      String rolledUp = commonPrefix(key);
      if (isBefore(objects, key, after) || prefixes.contains(rolledUp)) {
        continue;
      }
      if (shown.size() + prefixes.size() == most) {
        isTruncated = most > 0;
        break;
      }
      if (rolledUp.isEmpty()) {
        shown.put(key, object.getValue());
      } else {
        prefixes.add(rolledUp);
      }
      last = rolledUp.isEmpty() ? key : rolledUp;
    }
    return document(bucket, shown, prefixes, isTruncated ? last : "");
  }

  private String startAfter() {
    String token = parameter("continuation-token");
    try {
      return token.isEmpty()
          ? parameter("start-after")
          : new String(Base64.getUrlDecoder().decode(token), UTF_8);
    } catch (IllegalArgumentException e) {
      throw AwsException.badRequest(
          "InvalidArgument", "The continuation token provided is incorrect");
    }
  }

  /** What was shown up to there; a prefix that was shown stands for all behind it. */
  private boolean isBefore(NavigableMap<String, StoredObject> objects, String key, String after) {
    if (after.isEmpty()) {
      return false;
    }
    int order =
        objects.comparator() == null
            ? key.compareTo(after)
            : objects.comparator().compare(key, after);
    return order <= 0
        || (!delimiter.isEmpty() && after.endsWith(delimiter) && key.startsWith(after));
  }

  private String commonPrefix(String key) {
    int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
    return end < 0 ? "" : key.substring(0, end + delimiter.length());
  }

  private byte[] document(
      String bucket, Map<String, StoredObject> shown, Set<String> prefixes, String next) {
    return Xml.document(
        "ListBucketResult",
        S3Service.NAMESPACE,
        xml -> {
          xml.text("Name", bucket)
              .text("Prefix", encode(prefix))
              .text("KeyCount", Integer.toString(shown.size() + prefixes.size()));
          xml.text("MaxKeys", Integer.toString(most))
              .text("IsTruncated", Boolean.toString(!next.isEmpty()));
          if (!delimiter.isEmpty()) {
            xml.text("Delimiter", encode(delimiter));
          }
          if (isEncoded) {
            xml.text("EncodingType", "url");
          }
          if (!next.isEmpty()) {
            xml.text(
                "NextContinuationToken",
                Base64.getUrlEncoder().encodeToString(next.getBytes(UTF_8)));
          }
          shown.forEach(
              (key, object) ->
                  xml.element(
                      "Contents",
                      contents ->
                          contents
                              .text("Key", encode(key))
                              .text("LastModified", object.modified().toString())
                              .text("ETag", object.etag())
                              .text("Size", Integer.toString(object.content().length()))
                              .text("StorageClass", "STANDARD")));
          prefixes.forEach(
              one -> xml.element("CommonPrefixes", common -> common.text("Prefix", encode(one))));
        });
  }

  private String encode(String text) {
    return isEncoded
        ? URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("%2F", "/")
        : text;
  }
}
