package agentpost.local.ssm;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Parameter Store: put, get and delete parameters, and list them by path. */
public final class Parameters {
  private record Parameter(String type, String value, int version) {}

  private final Map<String, Parameter> parameters = new ConcurrentSkipListMap<>();
  private final JsonService service =
      new JsonService(
          "Systems Manager",
          "1.1",
          Map.of("PutParameter", this::put, "GetParameter", this::get, "GetParametersByPath", this::byPath, "DeleteParameter", this::delete));

  public JsonService service() {
    return service;
  }

  private synchronized JsonNode put(ObjectNode input) {
    String name = input.path("Name").asText();
    if (name.isEmpty() || input.path("Value").asText().isEmpty()) {
      throw AwsException.badRequest("ValidationException", "A parameter must have a Name and a Value.");
    }
    Parameter before = parameters.get(name);
    if (before != null && !input.path("Overwrite").asBoolean(false)) {
      throw AwsException.badRequest("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.");
    }
    String type = input.path("Type").asText(before == null ? "String" : before.type());
    Parameter after = new Parameter(type, input.path("Value").asText(), before == null ? 1 : before.version() + 1);
    parameters.put(name, after);
    return JsonNodeFactory.instance.objectNode().put("Version", after.version()).put("Tier", "Standard");
  }

  private Parameter find(String name) {
    Parameter parameter = parameters.get(name);
    if (parameter == null) {
      throw AwsException.badRequest("ParameterNotFound", "Parameter " + name + " not found.");
    }
    return parameter;
  }

  private JsonNode get(ObjectNode input) {
    String name = input.path("Name").asText();
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.set("Parameter", described(name, find(name)));
    return out;
  }

  private JsonNode delete(ObjectNode input) {
    find(input.path("Name").asText());
    parameters.remove(input.path("Name").asText());
    return JsonNodeFactory.instance.objectNode();
  }

  /** A path's own parameters, or with {@code Recursive} those below them too. */
  private JsonNode byPath(ObjectNode input) {
    String path = input.path("Path").asText().replaceFirst("/*$", "/");
    boolean recursive = input.path("Recursive").asBoolean(false);
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.withArray("Parameters");
    parameters.forEach(
        (name, parameter) -> {
          if (name.startsWith(path) && (recursive || name.indexOf('/', path.length()) < 0)) {
            out.withArray("Parameters").add(described(name, parameter));
          }
        });
    return out;
  }

  private static ObjectNode described(String name, Parameter parameter) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("Name", name)
        .put("Type", parameter.type())
        .put("Value", parameter.value())
        .put("Version", parameter.version())
        .put("ARN", "arn:aws:ssm:us-east-1:000000000000:parameter" + (name.startsWith("/") ? "" : "/") + name);
  }
}
