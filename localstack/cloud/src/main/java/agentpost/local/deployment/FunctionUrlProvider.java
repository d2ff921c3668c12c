package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.egress.ApiHost;
import agentpost.local.lambda.FunctionUrls;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/** {@code AWS::Lambda::Url} that everyone may call; IAM's signatures are not looked at here. */
final class FunctionUrlProvider implements Provider.Changeable {
  private final FunctionUrls urls;

  FunctionUrlProvider(FunctionUrls urls) {
    this.urls = urls;
  }

  @Override
  public Set<String> identity() {
    return Set.of("TargetFunctionArn", "Qualifier");
  }

  @Override
  public Made make(String logicalId, ObjectNode properties) {
    ResourceProperties.refuse(properties, "Cors");
    require(properties, "AuthType", "NONE");
    require(properties, "InvokeMode", "BUFFERED");
    String qualifier = properties.path("Qualifier").asText();
    String function = properties.path("TargetFunctionArn").asText();
    String arn = ResourceProperties.functionArn(function);
    String id = urls.open(qualifier.isEmpty() ? arn : arn + ":" + qualifier);
    return new Made(
        arn, Map.of("FunctionArn", arn, "FunctionUrl", "https://" + ApiHost.ofUrl(id) + "/"));
  }

  private static void require(ObjectNode properties, String name, String only) {
    String value = properties.path(name).asText(only);
    if (!value.equals(only)) {
      throw new IllegalArgumentException(
          "the local cloud does not support its " + name + " " + value);
    }
  }

  @Override
  public Made update(String logicalId, Made before, ObjectNode properties) {
    return make(logicalId, properties);
  }

  @Override
  public void remove(String logicalId, Made made) {
    ApiHost.urlOf(made.attributes().getOrDefault("FunctionUrl", "").replaceAll("^https://|/$", ""))
        .ifPresent(urls::close);
  }
}
