package agentpost.local.ssm;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import agentpost.local.wire.Pages;
import agentpost.local.wire.RequestModel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Parameter Store: put, get, describe and delete parameters, and list them by path. Of a
 * parameter's versions the newest is kept.
 */
public final class ParameterStore {
  private static final String ARN = "arn:aws:ssm:us-east-1:000000000000:parameter";
  private static final String SECURE = "SecureString";

  /** In the place of AWS's ciphertext, of which nobody could make anything either. */
  private static final String HIDDEN = "(encrypted: ask WithDecryption)";

  private static final String ADVANCED = "Advanced";

  /** Systems Manager's quotas, "Parameter Store": 4 KB, and 8 KB of the advanced tier. */
  private static final int MAX_STANDARD_BYTES = 4096;

  private static final int MAX_ADVANCED_BYTES = 8192;
  private static final int MAX_BY_PATH = 10;
  private static final int MAX_DESCRIBED = 50;

  /**
   * @param input that it was put by, with what stays of the one before
   */
  private record Parameter(String name, ObjectNode input, int version, Instant changed) {
    String type() {
      return input.path("Type").asText();
    }

    String arn() {
      return ARN + (name.startsWith("/") ? "" : "/") + name;
    }
  }

  private final Map<String, Parameter> parameters = new ConcurrentSkipListMap<>();
  private final JsonService service =
      new JsonService(
          "Systems Manager",
          "1.1",
          RequestModel.read(ParameterStore.class, "requests.json")
              .checkAll(
                  Map.of(
                      "PutParameter", this::put,
                      "GetParameter", this::get,
                      "GetParameters", this::getParameters,
                      "GetParametersByPath", this::byPath,
                      "DescribeParameters", this::describe,
                      "DeleteParameter", this::delete)));

  public JsonService service() {
    return service;
  }

  private synchronized JsonNode put(ObjectNode input) {
    String name = name(input.path("Name").asText());
    Optional<Parameter> before = Optional.ofNullable(parameters.get(name));
    if (before.isPresent() && !input.path("Overwrite").asBoolean(false)) {
      throw AwsException.badRequest(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the"
              + " request to true.");
    }
    if (before.isEmpty() && !input.hasNonNull("Type")) {
      throw AwsException.badRequest(
          "ValidationException", "A parameter type is required when you create a parameter.");
    }
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    for (String same : List.of("Type", "Value", "Description", "KeyId", "DataType", "Tier")) {
      before
          .map(Parameter::input)
          .filter(was -> was.hasNonNull(same))
          .ifPresent(was -> kept.set(same, was.path(same)));
      if (input.hasNonNull(same)) {
        kept.set(same, input.path(same));
      }
    }
    check(kept);
    Parameter after =
        new Parameter(name, kept, before.map(Parameter::version).orElse(0) + 1, Instant.now());
    parameters.put(name, after);
    return JsonNodeFactory.instance
        .objectNode()
        .put("Version", after.version())
        .put("Tier", tier(kept));
  }

  /** Intelligent-Tiering is the one of the two that is large enough. */
  private static String tier(ObjectNode parameter) {
    String asked = parameter.path("Tier").asText("Standard");
    return asked.equals("Intelligent-Tiering")
        ? parameter.path("Value").asText().getBytes(UTF_8).length > MAX_STANDARD_BYTES
            ? ADVANCED
            : "Standard"
        : asked;
  }

  private static void check(ObjectNode parameter) {
    int size = parameter.path("Value").asText().getBytes(UTF_8).length;
    String tier = tier(parameter);
    int max = tier.equals(ADVANCED) ? MAX_ADVANCED_BYTES : MAX_STANDARD_BYTES;
    if (size == 0) {
      throw AwsException.badRequest(
          "ValidationException",
          "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member"
              + " must have length greater than or equal to 1");
    }
    if (size > max) {
      throw AwsException.badRequest(
          "ValidationException",
          tier
              + " tier parameters support a maximum parameter value of "
              + max
              + " characters."
              + (tier.equals(ADVANCED)
                  ? ""
                  : " To create a larger parameter value, upgrade the parameter to use the"
                      + " advanced-parameter tier. For more information, see"
                      + " https://docs.aws.amazon.com/systems-manager/latest/"
                      + "userguide/parameter-store-advanced-parameters.html"));
    }
    if (parameter.hasNonNull("KeyId") && !parameter.path("Type").asText().equals(SECURE)) {
      throw AwsException.badRequest(
          "ValidationException", "KeyId is required for SecureString type parameter only.");
    }
    String dataType = parameter.path("DataType").asText("text");
    if (!dataType.equals("text")) {
      throw AwsException.badRequest(
          "ValidationException",
          "The local cloud does not support the DataType " + dataType + " of PutParameter.");
    }
  }

  /** From a name or an ARN. */
  private static String name(String id) {
    String path = id.startsWith(ARN) ? id.substring(ARN.length()) : id;
    return id.equals(path) || path.indexOf('/', 1) >= 0 ? path : path.substring(1);
  }

  /** By name or ARN, with or without a version after a colon. */
  private Optional<Parameter> find(String id) {
    int colon = id.startsWith(ARN) ? id.indexOf(':', ARN.length()) : id.indexOf(':');
    Optional<Parameter> parameter =
        Optional.ofNullable(parameters.get(name(colon < 0 ? id : id.substring(0, colon))));
    return colon < 0
        ? parameter
        : parameter.filter(one -> Integer.toString(one.version()).equals(id.substring(colon + 1)));
  }

  private static AwsException notFoundException(String name) {
    return AwsException.badRequest("ParameterNotFound", "Parameter " + name + " not found.");
  }

  private JsonNode get(ObjectNode input) {
    String name = input.path("Name").asText();
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.set("Parameter", show(find(name).orElseThrow(() -> notFoundException(name)), input));
    return out;
  }

  private JsonNode getParameters(ObjectNode input) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    ArrayNode found = out.putArray("Parameters");
    ArrayNode invalid = out.putArray("InvalidParameters");
    for (JsonNode name : input.path("Names")) {
      find(name.asText())
          .ifPresentOrElse(
              parameter -> found.add(show(parameter, input)), () -> invalid.add(name.asText()));
    }
    return out;
  }

  private synchronized JsonNode delete(ObjectNode input) {
    String name = input.path("Name").asText();
    if (parameters.remove(name(name)) == null) {
      throw notFoundException(name);
    }
    return JsonNodeFactory.instance.objectNode();
  }

  /** A path's own parameters, or with {@code Recursive} those below them too. */
  private JsonNode byPath(ObjectNode input) {
    String path = input.path("Path").asText().replaceFirst("/*$", "/");
    boolean recursive = input.path("Recursive").asBoolean(false);
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    Pages.of(input, "NextToken", "MaxResults", MAX_BY_PATH)
        .fill(
            out,
            "Parameters",
            parameters.values().stream()
                .filter(
                    one ->
                        one.name().startsWith(path)
                            && (recursive || one.name().indexOf('/', path.length()) < 0))
                .toList(),
            Parameter::name,
            one -> show(one, input));
    return out;
  }

  private JsonNode describe(ObjectNode input) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    Pages.of(input, "NextToken", "MaxResults", MAX_DESCRIBED)
        .fill(
            out,
            "Parameters",
            List.copyOf(parameters.values()),
            Parameter::name,
            ParameterStore::metadataOf);
    return out;
  }

  private static ObjectNode metadataOf(Parameter parameter) {
    ObjectNode out = head(parameter).put("Tier", parameter.input().path("Tier").asText("Standard"));
    for (String same : List.of("Description", "KeyId")) {
      if (parameter.input().hasNonNull(same)) {
        out.set(same, parameter.input().path(same));
      }
    }
    return out;
  }

  private static ObjectNode head(Parameter parameter) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("Name", parameter.name())
        .put("Type", parameter.type())
        .put("Version", parameter.version())
        .put("LastModifiedDate", parameter.changed().toEpochMilli() / 1000.0)
        .put("DataType", parameter.input().path("DataType").asText("text"))
        .put("ARN", parameter.arn());
  }

  /** A secure text is not shown as it is unless that is asked for. */
  private static ObjectNode show(Parameter parameter, ObjectNode input) {
    String value = parameter.input().path("Value").asText();
    boolean isHidden =
        parameter.type().equals(SECURE) && !input.path("WithDecryption").asBoolean(false);
    return head(parameter).put("Value", isHidden ? HIDDEN : value);
  }
}
