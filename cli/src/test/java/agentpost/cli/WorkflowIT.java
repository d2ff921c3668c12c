package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.cloudformation.UnsupportedTemplateException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The template with {@code -c workflow=true}, which is for AWS: the local cloud has no Step
 * Functions.
 */
class WorkflowIT {
  @Test
  void theLocalCloudRefusesTheStateMachineByItsTypeAndNothingElse(@TempDir Path directory)
      throws Exception {
    Path cdkOut = directory.resolve("cdk.out");
    Map<String, String> environment =
        Map.of("CDK_OUTDIR", cdkOut.toString(), "CDK_CONTEXT_JSON", "{\"workflow\":\"true\"}");
    try (Launcher app =
        Launcher.start(
            directory, Launcher.HOME.resolve("agentpost"), Launcher.HOME, environment, "cdk-app")) {
      assertEquals(0, app.exitCode(), app::output);
    }
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1))) {
      assertThatThrownBy(() -> cloud.deploy(cdkOut))
          .isInstanceOf(UnsupportedTemplateException.class)
          .hasMessage(
              "The local cloud does not support the resource type"
                  + " AWS::StepFunctions::StateMachine");
    }
  }
}
