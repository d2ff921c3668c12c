package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.lambda.AsyncInvocations;
import agentpost.local.lambda.EventInvokeConfig;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** {@code AWS::Lambda::EventInvokeConfig}. */
final class EventInvokeConfigProvider implements Provider.Changeable {
  private final AsyncInvocations invocations;

  EventInvokeConfigProvider(AsyncInvocations invocations) {
    this.invocations = invocations;
  }

  @Override
  public Set<String> identity() {
    return Set.of("FunctionName", "Qualifier");
  }

  @Override
  public Made make(String logicalId, ObjectNode properties) {
    ResourceProperties.refuse(properties, "DestinationConfig");
    String function =
        properties.path("FunctionName").asText().replaceFirst("^arn:.*:function:", "")
            + ":"
            + properties.path("Qualifier").asText();
    invocations.configure(
        function,
        new EventInvokeConfig(
            properties.path("MaximumRetryAttempts").asInt(EventInvokeConfig.DEFAULT.maxRetries()),
            Duration.ofSeconds(
                properties
                    .path("MaximumEventAgeInSeconds")
                    .asLong(EventInvokeConfig.DEFAULT.maxAge().toSeconds()))));
    return new Made(function, Map.of());
  }

  @Override
  public Made update(String logicalId, Made before, ObjectNode properties) {
    return make(logicalId, properties);
  }

  @Override
  public void remove(String logicalId, Made made) {
    invocations.configure(made.ref(), EventInvokeConfig.DEFAULT);
  }
}
