package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.testing.Programs;
import agentpost.local.testing.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The aws CLI with the services beside EventBridge and SQS, as documents and people call it. */
class ClientsIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Programs.isInstalled("aws", "--version"),
        "the aws CLI is not installed: pip install awscli");
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
    List<String> command =
        new ArrayList<>(
            List.of("aws", "--endpoint-url", cloud.endpoint().toString(), "--output", "json"));
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

  /** Logs {@code line 1 of NAME} and so on. */
  private static void talk(Path out, String name, int lines)
      throws IOException, InterruptedException {
    // So is it bytes to both versions of the CLI.
    Path event =
        Files.writeString(
            out.resolve("event.json"), "{\"lines\":" + lines + ",\"name\":\"" + name + "\"}");
    done(
        "lambda",
        "invoke",
        "--function-name",
        "talks",
        "--payload",
        "fileb://" + event,
        out.resolve("o").toString());
  }

  @Test
  void logsAreReadAndFiltered(@TempDir Path out) throws Exception {
    talk(out, "cli", 3);
    String found =
        done(
            "logs",
            "filter-log-events",
            "--log-group-name",
            "/aws/lambda/talks",
            "--filter-pattern",
            "line -1 -\"2 of\"");
    assertThat(found)
        .contains("line 3 of cli", "\"ingestionTime\"", "\"eventId\"")
        .doesNotContain("line 1", "line 2");
    assertThat(
            done(
                "logs",
                "describe-log-streams",
                "--log-group-name",
                "/aws/lambda/talks",
                "--order-by",
                "LastEventTime",
                "--descending"))
        .contains("\"logStreamName\": \"local\"", "lastEventTimestamp");
    assertThat(
            refused(
                "logs",
                "filter-log-events",
                "--log-group-name",
                "/aws/lambda/talks",
                "--filter-pattern",
                "[ip, user]"))
        .contains("(InvalidParameterException)", "space-delimited fields");
  }

  private static void assumeVersion2() throws IOException, InterruptedException {
    String version = Programs.run(List.of("aws", "--version")).out().strip();
    assumeTrue(
        version.startsWith("aws-cli/2."),
        "aws logs tail is of the aws CLI's version 2, and here is " + version);
  }

  private static List<String> tailed(String... options) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("logs", "tail", "/aws/lambda/talks", "--filter-pattern", "\"of tail\""));
    command.addAll(List.of(options));
    return done(command.toArray(String[]::new)).lines().toList();
  }

  /** The cloud's time is hours ahead of the wall's, by which the CLI counts {@code --since}. */
  @Test
  void logsAreTailed(@TempDir Path out) throws Exception {
    assumeVersion2();
    talk(out, "tail", 3);
    assertThat(tailed())
        .as("detailed, ten minutes")
        .hasSize(3)
        .first()
        .asString()
        .matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+\\+00:00 local line 1 of tail");
    assertThat(tailed("--format", "short", "--since", "1h"))
        .hasSize(3)
        .last()
        .asString()
        .matches("\\d{4}-\\d\\d-\\d\\dT[0-9:]+ line 3 of tail");
    assertThat(tailed("--format", "json", "--since", "2026-01-01T00:00:00Z"))
        .hasSize(3)
        .allMatch(line -> line.matches("\\S+ local line \\d of tail"));
    assertThat(tailed("--log-stream-names", "local")).hasSize(3);
    assertThat(tailed("--log-stream-name-prefix", "loc")).hasSize(3);
    assertThat(tailed("--log-stream-name-prefix", "other")).isEmpty();
    assertThat(tailed("--since", "2099-01-01T00:00:00Z")).isEmpty();
    assertThat(refused("logs", "tail", "/aws/lambda/nosuch"))
        .contains("(ResourceNotFoundException)");
  }

  @Test
  void logsAreFollowed(@TempDir Path out) throws Exception {
    assumeVersion2();
    // It writes line by line to a terminal only.
    assumeTrue(
        Programs.isInstalled("script", "--version"),
        "util-linux's script, which makes a terminal, is not installed");
    talk(out, "before", 1);
    Path shown = out.resolve("shown");
    String tail =
        "aws --endpoint-url "
            + cloud.endpoint()
            + " logs tail /aws/lambda/talks --format short --since 1d --follow";
    try (Programs.Running _ =
        Programs.start(List.of("script", "-q", "-f", "-c", tail, shown.toString()))) {
      await()
          .atMost(TIMEOUT)
          .untilAsserted(() -> assertThat(shown).content().contains("line 1 of before"));
      talk(out, "after", 2);
      await()
          .atMost(TIMEOUT)
          .untilAsserted(
              () -> assertThat(shown).content().contains("line 1 of after", "line 2 of after"));
      assertThat(Files.readString(shown).lines().filter(line -> line.endsWith("line 1 of before")))
          .as("shown once")
          .hasSize(1);
    }
  }

  @Test
  void aFunctionIsWaitedFor() throws Exception {
    done("lambda", "wait", "function-active-v2", "--function-name", "talks");
    done("lambda", "wait", "function-exists", "--function-name", "talks");
    assertThat(
            refused("lambda", "get-function", "--function-name", "talks", "--qualifier", "nosuch"))
        .contains("(ResourceNotFoundException)", "function:talks:nosuch");
  }

  @Test
  void aSecretIsUpdatedDeletedAndRestored() throws Exception {
    done("secretsmanager", "create-secret", "--name", "cli", "--secret-string", "one");
    assertThat(
            done(
                "secretsmanager",
                "update-secret",
                "--secret-id",
                "cli",
                "--secret-string",
                "two",
                "--description",
                "d"))
        .contains("VersionId");
    assertThat(done("secretsmanager", "get-secret-value", "--secret-id", "cli"))
        .contains("\"SecretString\": \"two\"");
    done(
        "secretsmanager", "delete-secret", "--secret-id", "cli", "--recovery-window-in-days", "30");
    assertThat(refused("secretsmanager", "get-secret-value", "--secret-id", "cli"))
        .contains("(InvalidRequestException)", "marked for deletion");
    done("secretsmanager", "restore-secret", "--secret-id", "cli");
    assertThat(done("secretsmanager", "get-secret-value", "--secret-id", "cli"))
        .contains("\"SecretString\": \"two\"");
  }

  @Test
  void aConnectionsSecretIsDescribedByNameAndGoesWithIt() throws Exception {
    String basic = "{\"BasicAuthParameters\":{\"Username\":\"u\",\"Password\":\"p\"}}";
    done(
        "events",
        "create-connection",
        "--name",
        "cli",
        "--authorization-type",
        "BASIC",
        "--auth-parameters",
        basic);
    String arn =
        done("events", "describe-connection", "--name", "cli", "--query", "SecretArn")
            .strip()
            .replace("\"", "");
    String name = arn.replaceFirst("^.*:secret:", "").replaceFirst("-[^-]*$", "");
    assertThat(done("secretsmanager", "describe-secret", "--secret-id", name))
        .contains(arn, "\"OwningService\": \"events\"");
    done(
        "events",
        "update-connection",
        "--name",
        "cli",
        "--auth-parameters",
        basic.replace("\"p\"", "\"q\""));
    assertThat(done("secretsmanager", "get-secret-value", "--secret-id", arn))
        .contains("\\\"password\\\":\\\"q\\\"");
    assertThat(refused("secretsmanager", "delete-secret", "--secret-id", arn))
        .contains("managed by events");
    done("events", "deauthorize-connection", "--name", "cli");
    assertThat(refused("secretsmanager", "describe-secret", "--secret-id", name))
        .contains("(ResourceNotFoundException)");
    done(
        "events",
        "update-connection",
        "--name",
        "cli",
        "--authorization-type",
        "BASIC",
        "--auth-parameters",
        basic);
    done("secretsmanager", "describe-secret", "--secret-id", name);
    done("events", "delete-connection", "--name", "cli");
    assertThat(refused("secretsmanager", "describe-secret", "--secret-id", name))
        .contains("(ResourceNotFoundException)");
  }

  @Test
  void parametersAreGotTogether() throws Exception {
    done("ssm", "put-parameter", "--name", "/cli/a", "--value", "1", "--type", "String");
    assertThat(done("ssm", "get-parameters", "--names", "/cli/a", "/cli/b"))
        .contains("\"Value\": \"1\"", "\"InvalidParameters\"", "\"/cli/b\"");
  }

  @Test
  void aScheduleIsWhatItSays() throws Exception {
    String target =
        "{\"Arn\":\"arn:aws:lambda:us-east-1:000000000000:function:talks\",\"RoleArn\":\"arn:aws:iam::000000000000:role/r\",\"DeadLetterConfig\":{\"Arn\":\"arn:aws:sqs:us-east-1:000000000000:q\"}}";
    List<String> create =
        List.of(
            "scheduler",
            "create-schedule",
            "--name",
            "cli",
            "--schedule-expression",
            "rate(1 hour)",
            "--flexible-time-window",
            "Mode=OFF",
            "--target",
            target,
            "--action-after-completion",
            "DELETE");
    List<String> dated = new ArrayList<>(create);
    dated.addAll(
        List.of("--start-date", "2090-01-01T00:00:00Z", "--end-date", "2090-01-02T00:00:00Z"));
    Programs.Ended created = aws(dated.toArray(String[]::new));
    assumeTrue(
        !created.out().contains("Unknown options: --action-after-completion"),
        "this aws CLI is older than --action-after-completion, which is of 2023");
    assertThat(created.exit()).as(created.out()).isZero();
    // Version 1 shows dates as they come, version 2 in ISO 8601.
    assertThat(done("scheduler", "get-schedule", "--name", "cli"))
        .contains("arn:aws:sqs:us-east-1:000000000000:q", "\"ActionAfterCompletion\": \"DELETE\"")
        .containsPattern("\"StartDate\": (3786912000|\"2090-01-01T00:00:00)")
        .containsPattern("\"EndDate\": (3786998400|\"2090-01-02T00:00:00)");
    assertThat(done("scheduler", "list-schedules", "--name-prefix", "cli"))
        .contains("\"Name\": \"cli\"");
    List<String> keyed = new ArrayList<>(create);
    keyed.addAll(List.of("--kms-key-arn", "arn:aws:kms:us-east-1:000000000000:key/k"));
    assertThat(refused(keyed.toArray(String[]::new)))
        .contains("(ValidationException)", "KmsKeyArn of CreateSchedule");
    done("scheduler", "delete-schedule", "--name", "cli");
  }

  @Test
  void aSecondRegionIsRefusedByName() throws Exception {
    for (String[] call :
        new String[][] {
          {"events", "list-rules"},
          {"sqs", "list-queues"},
          {"secretsmanager", "list-secrets"},
          {"dynamodb", "list-tables"},
          {"s3api", "list-buckets"},
          {"lambda", "list-functions"},
          {"scheduler", "list-schedules"}
        }) {
      assertThat(refused("--region", "eu-west-1", call[0], call[1]))
          .as(call[0])
          .contains("not 'eu-west-1': the local cloud is us-east-1");
    }
  }
}
