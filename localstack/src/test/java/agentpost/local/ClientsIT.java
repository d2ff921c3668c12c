package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.testing.Programs;
import agentpost.local.testing.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The aws CLI with the services beside EventBridge and SQS, as documents and people call it. */
class ClientsIT {
  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Programs.isInstalled("aws", "--version"), "the aws CLI is not installed: pip install awscli");
    Templates.write(
        cdkOut,
        "clients",
        ("{'Resources':{'Log':{'Type':'AWS::Logs::LogGroup','Properties':{'LogGroupName':'/aws/lambda/talks'}},"
                + "'Talks':{'Type':'AWS::Lambda::Function','Properties':{'FunctionName':'talks','Handler':'agentpost.local.testing.TalkingHandler'}}}}")
            .replace('\'', '"'));
    cloud = LocalCloud.start(new LocalCloudOptions(0, 86_400, 1));
    cloud.deploy(cdkOut);
  }

  @AfterAll
  static void stop() {
    if (cloud != null) {
      cloud.close();
    }
  }

  private static Programs.Ended aws(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("aws", "--endpoint-url", cloud.endpoint().toString(), "--output", "json"));
    command.addAll(List.of(arguments));
    return Programs.run(command);
  }

  private static String done(String... arguments) throws IOException, InterruptedException {
    Programs.Ended ended = aws(arguments);
    assertThat(ended.exit()).as(ended.out()).isZero();
    return ended.out();
  }

  private static String refused(String... arguments) throws IOException, InterruptedException {
    Programs.Ended ended = aws(arguments);
    assertThat(ended.exit()).as(ended.out()).isNotZero();
    return ended.out();
  }

  @Test
  void logsAreReadFilteredAndTailed(@TempDir Path out) throws Exception {
    // So is it bytes to both versions of the CLI.
    Path event = Files.writeString(out.resolve("event.json"), "{\"lines\":3,\"name\":\"cli\"}");
    done("lambda", "invoke", "--function-name", "talks", "--payload", "fileb://" + event, out.resolve("o").toString());
    String found = done("logs", "filter-log-events", "--log-group-name", "/aws/lambda/talks", "--filter-pattern", "line -1 -\"2 of\"");
    assertThat(found).contains("line 3 of cli", "\"ingestionTime\"", "\"eventId\"").doesNotContain("line 1", "line 2");
    assertThat(done("logs", "describe-log-streams", "--log-group-name", "/aws/lambda/talks", "--order-by", "LastEventTime", "--descending")).contains("\"logStreamName\": \"local\"", "lastEventTimestamp");
    assertThat(refused("logs", "filter-log-events", "--log-group-name", "/aws/lambda/talks", "--filter-pattern", "[ip, user]")).contains("(InvalidParameterException)", "space-delimited fields");
    assumeTrue(aws("logs", "tail", "help").exit() == 0, "this aws CLI has no logs tail: it is of version 2");
    assertThat(done("logs", "tail", "/aws/lambda/talks", "--since", "10m", "--filter-pattern", "line")).contains("local line 1 of cli", "local line 3 of cli");
  }

  @Test
  void aFunctionIsWaitedFor() throws Exception {
    done("lambda", "wait", "function-active-v2", "--function-name", "talks");
    done("lambda", "wait", "function-exists", "--function-name", "talks");
    assertThat(refused("lambda", "get-function", "--function-name", "talks", "--qualifier", "nosuch")).contains("(ResourceNotFoundException)", "function:talks:nosuch");
  }

  @Test
  void aSecretIsUpdatedDeletedAndRestored() throws Exception {
    done("secretsmanager", "create-secret", "--name", "cli", "--secret-string", "one");
    assertThat(done("secretsmanager", "update-secret", "--secret-id", "cli", "--secret-string", "two", "--description", "d")).contains("VersionId");
    assertThat(done("secretsmanager", "get-secret-value", "--secret-id", "cli")).contains("\"SecretString\": \"two\"");
    done("secretsmanager", "delete-secret", "--secret-id", "cli", "--recovery-window-in-days", "30");
    assertThat(refused("secretsmanager", "get-secret-value", "--secret-id", "cli")).contains("(InvalidRequestException)", "marked for deletion");
    done("secretsmanager", "restore-secret", "--secret-id", "cli");
    assertThat(done("secretsmanager", "get-secret-value", "--secret-id", "cli")).contains("\"SecretString\": \"two\"");
  }

  @Test
  void aConnectionsSecretIsDescribedByNameAndGoesWithIt() throws Exception {
    String basic = "{\"BasicAuthParameters\":{\"Username\":\"u\",\"Password\":\"p\"}}";
    done("events", "create-connection", "--name", "cli", "--authorization-type", "BASIC", "--auth-parameters", basic);
    String arn = done("events", "describe-connection", "--name", "cli", "--query", "SecretArn").strip().replace("\"", "");
    String name = arn.replaceFirst("^.*:secret:", "").replaceFirst("-[^-]*$", "");
    assertThat(done("secretsmanager", "describe-secret", "--secret-id", name)).contains(arn, "\"OwningService\": \"events\"");
    done("events", "update-connection", "--name", "cli", "--auth-parameters", basic.replace("\"p\"", "\"q\""));
    assertThat(done("secretsmanager", "get-secret-value", "--secret-id", arn)).contains("\\\"password\\\":\\\"q\\\"");
    assertThat(refused("secretsmanager", "delete-secret", "--secret-id", arn)).contains("managed by events");
    done("events", "deauthorize-connection", "--name", "cli");
    assertThat(refused("secretsmanager", "describe-secret", "--secret-id", name)).contains("(ResourceNotFoundException)");
    done("events", "update-connection", "--name", "cli", "--authorization-type", "BASIC", "--auth-parameters", basic);
    done("secretsmanager", "describe-secret", "--secret-id", name);
    done("events", "delete-connection", "--name", "cli");
    assertThat(refused("secretsmanager", "describe-secret", "--secret-id", name)).contains("(ResourceNotFoundException)");
  }

  @Test
  void parametersAreGotTogether() throws Exception {
    done("ssm", "put-parameter", "--name", "/cli/a", "--value", "1", "--type", "String");
    assertThat(done("ssm", "get-parameters", "--names", "/cli/a", "/cli/b")).contains("\"Value\": \"1\"", "\"InvalidParameters\"", "\"/cli/b\"");
  }

  @Test
  void aScheduleIsWhatItSays() throws Exception {
    String target = "{\"Arn\":\"arn:aws:lambda:us-east-1:000000000000:function:talks\",\"RoleArn\":\"arn:aws:iam::000000000000:role/r\",\"DeadLetterConfig\":{\"Arn\":\"arn:aws:sqs:us-east-1:000000000000:q\"}}";
    List<String> create =
        List.of("scheduler", "create-schedule", "--name", "cli", "--schedule-expression", "rate(1 hour)", "--flexible-time-window", "Mode=OFF", "--target", target, "--action-after-completion", "DELETE");
    List<String> dated = new ArrayList<>(create);
    dated.addAll(List.of("--start-date", "2090-01-01T00:00:00Z", "--end-date", "2090-01-02T00:00:00Z"));
    done(dated.toArray(String[]::new));
    assertThat(done("scheduler", "get-schedule", "--name", "cli")).contains("\"StartDate\": 3786912000", "\"EndDate\": 3786998400", "arn:aws:sqs:us-east-1:000000000000:q", "\"ActionAfterCompletion\": \"DELETE\"");
    assertThat(done("scheduler", "list-schedules", "--name-prefix", "cli")).contains("\"Name\": \"cli\"");
    List<String> keyed = new ArrayList<>(create);
    keyed.addAll(List.of("--kms-key-arn", "arn:aws:kms:us-east-1:000000000000:key/k"));
    assertThat(refused(keyed.toArray(String[]::new))).contains("(ValidationException)", "KmsKeyArn of CreateSchedule");
    done("scheduler", "delete-schedule", "--name", "cli");
  }

  @Test
  void aSecondRegionIsRefusedByName() throws Exception {
    for (String[] call : new String[][] {{"events", "list-rules"}, {"sqs", "list-queues"}, {"secretsmanager", "list-secrets"}, {"dynamodb", "list-tables"}, {"s3api", "list-buckets"}, {"lambda", "list-functions"}, {"scheduler", "list-schedules"}}) {
      assertThat(refused("--region", "eu-west-1", call[0], call[1])).as(call[0]).contains("not 'eu-west-1': the local cloud is us-east-1");
    }
  }
}
