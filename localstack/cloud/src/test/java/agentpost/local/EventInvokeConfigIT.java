package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.local.testing.Templates;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;

/** {@code AWS::Lambda::EventInvokeConfig} of a template. */
class EventInvokeConfigIT {
  @TempDir private Path cdkOut;

  private void deploy(LocalCloud cloud, String properties) throws Exception {
    // A handler that fails of an event without headers.
    String template =
        """
        {'Resources':{
         'F':{'Type':'AWS::Lambda::Function','Properties':{'FunctionName':'f','Handler':'agentpost.local.testing.HoldingHandler','Timeout':5}},
         'Live':{'Type':'AWS::Lambda::Alias','Properties':{'FunctionName':{'Ref':'F'},'Name':'live','FunctionVersion':'1'}},
         'Async':{'Type':'AWS::Lambda::EventInvokeConfig','DependsOn':'Live','Properties':{'FunctionName':{'Ref':'F'},'Qualifier':'live',%s}}}}
        """
            .formatted(properties);
    Templates.write(cdkOut, "async", template.replace('\'', '"'));
    cloud.deploy(cdkOut);
  }

  @Test
  void boundsWhatIsInvokedThroughItsAliasAndNothingElse() throws Exception {
    List<String> log = new CopyOnWriteArrayList<>();
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1))) {
      cloud.listenToLogs((_, line) -> log.add(line));
      deploy(cloud, "'MaximumRetryAttempts':0,'MaximumEventAgeInSeconds':60");
      try (LambdaClient lambda = cloud.clients("test").create(LambdaClient.builder())) {
        lambda.invoke(
            call -> call.functionName("f").qualifier("live").invocationType(InvocationType.EVENT));
        await().until(() -> log.stream().anyMatch(line -> line.contains("given up")));
        assertThat(log).anyMatch(line -> line.contains("given up after 1 attempt: "));
        lambda.invoke(call -> call.functionName("f").invocationType(InvocationType.EVENT));
        await().until(() -> log.stream().anyMatch(line -> line.contains("after 3 attempts: ")));
      }
    }
  }

  @Test
  void aDestinationIsRefusedByName() throws Exception {
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1))) {
      assertThatThrownBy(
              () ->
                  deploy(cloud, "'DestinationConfig':{'OnFailure':{'Destination':'arn:aws:sqs'}}"))
          .hasMessageContaining("DestinationConfig");
    }
  }
}
