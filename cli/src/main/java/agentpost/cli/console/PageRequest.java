package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsRequest;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request for a page.
 *
 * @param path below the console's, without the slash between
 * @param form of a POST; empty otherwise
 */
record PageRequest(AwsRequest request, String path, Map<String, String> form) {
  static final String PREFIX = "/_agentpost/";

  /**
   * @throws IllegalArgumentException if the form is none
   */
  static PageRequest of(AwsRequest request) {
    return new PageRequest(
        request,
        request.path().substring(PREFIX.length()),
        request.method().equals("POST") ? form(new String(request.body(), UTF_8)) : Map.of());
  }

  private static Map<String, String> form(String text) {
    Map<String, String> fields = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        fields.put(
            URLDecoder.decode(pair.substring(0, equals), UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return fields;
  }

  boolean isPost() {
    return request.method().equals("POST");
  }

  /** Of the query; empty if it is not there. */
  String query(String name) {
    return Optional.ofNullable(request.query().get(name))
        .filter(values -> !values.isEmpty())
        .map(List::getFirst)
        .orElse("");
  }

  String field(String name) {
    return form.getOrDefault(name, "");
  }
}
