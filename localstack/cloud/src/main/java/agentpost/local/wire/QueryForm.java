package agentpost.local.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A request in AWS's Query protocol: a form whose names are paths. */
public final class QueryForm {
  /** Of every request. */
  private static final Set<String> OF_PROTOCOL = Set.of("Action", "Version");

  private static final String MEMBER = ".member.";
  private final Map<String, String> values;

  private QueryForm(Map<String, String> values) {
    this.values = values;
  }

  /**
   * @throws AwsException if it is no form, or says something twice
   */
  public static QueryForm of(AwsRequest request) {
    Map<String, String> values = new HashMap<>();
    String body = new String(request.body(), UTF_8);
    for (String pair : body.isEmpty() ? List.<String>of() : List.of(body.split("&", -1))) {
      int equals = pair.indexOf('=');
      try {
        String name = URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), UTF_8);
        String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), UTF_8);
        if (values.put(name, value) != null) {
          throw AwsException.badRequest("MalformedQueryString", name + " is there twice");
        }
      } catch (IllegalArgumentException e) {
        throw AwsException.badRequest(
            "MalformedQueryString", "The query string contains a syntax error");
      }
    }
    return new QueryForm(values);
  }

  public String action() {
    return values.getOrDefault("Action", "");
  }

  /**
   * @throws AwsException naming what else it says
   */
  public void requireOnly(Set<String> members) {
    values.keySet().stream()
        .map(name -> name.replaceFirst("\\..*", ""))
        .filter(name -> !OF_PROTOCOL.contains(name) && !members.contains(name))
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              throw AwsException.badRequest(
                  "ValidationError",
                  "The local cloud does not support " + name + " of " + action() + ".");
            });
  }

  public Optional<String> optional(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  /**
   * @throws AwsException if it is not there
   */
  public String required(String name) {
    return optional(name)
        .orElseThrow(
            () ->
                AwsException.badRequest(
                    "ValidationError",
                    action() + " needs " + name + ", and it is missing or empty"));
  }

  /** A list of texts. */
  public List<String> texts(String name) {
    List<String> all = new ArrayList<>();
    while (values.containsKey(name + MEMBER + (all.size() + 1))) {
      all.add(values.get(name + MEMBER + (all.size() + 1)));
    }
    return all;
  }

  /** A list of structures, each with texts by their names. */
  public List<Map<String, String>> structures(String name) {
    List<Map<String, String>> all = new ArrayList<>();
    while (true) {
      String prefix = name + MEMBER + (all.size() + 1) + ".";
      Map<String, String> one = new HashMap<>();
      values.forEach(
          (path, value) -> {
            if (path.startsWith(prefix)) {
              one.put(path.substring(prefix.length()), value);
            }
          });
      if (one.isEmpty()) {
        return all;
      }
      all.add(one);
    }
  }
}
