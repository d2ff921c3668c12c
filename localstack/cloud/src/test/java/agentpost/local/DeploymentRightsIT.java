package agentpost.local;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.testing.Templates;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Roles and policies that no deployment can be made with. */
class DeploymentRightsIT extends RightsTestBed {
  private static void deployed(Path directory, String... resources) throws Exception {
    Templates.write(directory, "other", template("", resources));
    try (LocalCloud other = LocalCloud.start(new LocalCloudOptions(0, 60, 1))) {
      other.deploy(directory);
    }
  }

  @Test
  void anOperatorOfAConditionThatIsNotKnownIsRefusedByName(@TempDir Path directory) {
    assertThatThrownBy(
            () ->
                deployed(
                    directory,
                    role(
                        "R",
                        "lambda.amazonaws.com",
                        allow(
                            "'a:b'",
                            "'*'",
                            ",'Condition':{'NumericLessThan':{'s3:max-keys':'10'}}"))))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessage(
            "RPolicy cannot be made: the local cloud does not support the condition operator"
                + " NumericLessThan");
  }

  @Test
  void aFunctionWhoseRoleLambdaMayNotTakeIsRefused(@TempDir Path directory) {
    assertThatThrownBy(
            () ->
                deployed(
                    directory,
                    role("R", "events.amazonaws.com", allow("'a:b'", "'*'")),
                    function("f", "R", "Caller")))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessage(
            "Functions have no role that the template declares and that lambda.amazonaws.com may"
                + " take: f");
  }

  @Test
  void anEventSourceThatTheFunctionMayNotPollIsRefused(@TempDir Path directory) {
    String source =
        "'Source':{'Type':'AWS::Lambda::EventSourceMapping','Properties':{'EventSourceArn':"
            + arn("q")
            + ",'FunctionName':{'Fn::Sub':'${f.Arn}:live'}}}";
    assertThatThrownBy(
            () ->
                deployed(
                    directory,
                    queue("q"),
                    role(
                        "R",
                        "lambda.amazonaws.com",
                        allow("['sqs:ReceiveMessage','sqs:GetQueueAttributes']", arn("q"))),
                    function("f", "R", "Caller"),
                    source))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining(
            "the execution role of f does not have permissions to call sqs:DeleteMessage on the"
                + " queue");
  }

  @Test
  void aScheduleWhoseRoleSchedulerMayNotTakeIsRefused(@TempDir Path directory) {
    String schedule =
        "'S':{'Type':'AWS::Scheduler::Schedule','Properties':{'Name':'s','ScheduleExpression':'rate(1"
            + " minute)','FlexibleTimeWindow':{'Mode':'OFF'},'Target':{'Arn':{'Fn::Sub':'${f.Arn}:live'},'RoleArn':"
            + arn("R")
            + ",'Input':'{}'}}}";
    assertThatThrownBy(
            () ->
                deployed(
                    directory,
                    role("R", "lambda.amazonaws.com", allow("'a:b'", "'*'")),
                    function("f", "R", "Caller"),
                    schedule))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining(
            "S cannot be made: the execution role must allow AWS EventBridge Scheduler to assume"
                + " it");
  }
}
