package agentpost.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.cloud.AwsApi;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deployment.AccountCheck;
import agentpost.cli.deployment.Finding;
import agentpost.cli.deployment.StackChecks;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URLEncoder;
import java.util.List;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Whether EventBridge's registry has the schemas that the project has. */
final class RegistryCheck {
  private static final String ABOUT = "schema registry";
  private static final JsonMapper JSON = new JsonMapper();

  private RegistryCheck() {}

  static AccountCheck of(CloudOptions place, CloudAssembly assembly) {
    return new AccountCheck(ABOUT, "schemas:DescribeSchema", () -> List.of(check(place, assembly)));
  }

  private static Finding check(CloudOptions place, CloudAssembly assembly) {
    List<JsonNode> schemas =
        assembly
            .resources("AWS::EventSchemas::Schema")
            .map(CloudAssembly.Resource::properties)
            .toList();
    List<String> behind =
        place.askApi(
            api ->
                schemas.stream()
                    .filter(schema -> !isRegistered(place, api, schema))
                    .map(schema -> schema.path("SchemaName").asText())
                    .toList());
    return behind.isEmpty()
        ? Finding.ok(ABOUT, "has all " + schemas.size() + " schemas as they are")
        : Finding.warn(
            ABOUT,
            "is behind the project: " + String.join(", ", behind),
            StackChecks.inApp(place.nextOfCdk("deploy")));
  }

  private static boolean isRegistered(CloudOptions place, AwsApi api, JsonNode schema) {
    String path =
        "/v1/registries/name/"
            + place.prefix()
            + "/schemas/name/"
            + URLEncoder.encode(schema.path("SchemaName").asText(), UTF_8);
    try {
      return parse(api.get(AwsApi.Service.SCHEMAS, path).path("Content").asText())
          .equals(parse(schema.path("Content").asText()));
    } catch (AwsServiceException e) {
      if (AccountCheck.code(e).equals("NotFoundException")) {
        return false;
      }
      throw e;
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A registered schema is no JSON", e);
    }
  }
}
