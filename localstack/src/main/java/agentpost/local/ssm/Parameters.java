package agentpost.local.ssm;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Parameter Store: put and get parameters of type String. */
public final class Parameters {
  private final Map<String, String> values = new ConcurrentSkipListMap<>();
  private final JsonService service =
      new JsonService("Systems Manager", "1.1", Map.of("PutParameter", this::put, "GetParameter", this::get, "GetParametersByPath", this::byPath));

  public JsonService service() {
    return service;
  }

  private JsonNode put(ObjectNode input) {
    values.put(input.path("Name").asText(), input.path("Value").asText());
    return JsonNodeFactory.instance.objectNode().put("Version", 1).put("Tier", "Standard");
  }

  private JsonNode get(ObjectNode input) {
    String name = input.path("Name").asText();
    String value = values.get(name);
    if (value == null) {
      throw new AwsException(400, "ParameterNotFound", "Parameter " + name + " not found.");
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.set("Parameter", described(name, value));
    return out;
  }

  private JsonNode byPath(ObjectNode input) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.withArray("Parameters");
    values.forEach(
        (name, value) -> {
          if (name.startsWith(input.path("Path").asText())) {
            out.withArray("Parameters").add(described(name, value));
          }
        });
    return out;
  }

  private static ObjectNode described(String name, String value) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("Name", name)
        .put("Type", "String")
        .put("Value", value)
        .put("Version", 1)
        .put("ARN", "arn:aws:ssm:us-east-1:000000000000:parameter" + name);
  }
}
