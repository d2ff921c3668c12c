package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.cloudformation.control.UploadedFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The CDK's own command deploys to a local cloud, as docs/deploying.md has it typed. */
@Order(6)
class CdkDeployIT {
  private static final String CDK = "npx --yes aws-cdk@2.1148.1";

  private static final String ANOTHER_AGENT =
      """

        second-monitor:
          subscribes: [user.signed_up]
          hosted: {handler: agentpost.onboarding.TrialMonitorHandler, uses: [updates, schedule, cancel]}
      """;

  @TempDir private Path directory;
  private LocalCloud cloud;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        WorkingShell.found("npx").isPresent(), "there is no npx here, which comes with Node");
    Ended version = run(CDK + " --version");
    assumeTrue(version.exit() == 0, "npm cannot fetch the CDK's command: " + version.output());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
  }

  @AfterEach
  void stop() {
    if (cloud != null) {
      cloud.close();
    }
  }

  private record Ended(int exit, String output) {}

  /** In the repository's root; nobody is asked, and nothing is sent to the CDK's makers. */
  private Ended run(String commands) throws IOException, InterruptedException {
    Path script = Files.writeString(directory.resolve("script"), "set -e\n" + commands + "\n");
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "--noprofile", "--norc", script.toString())
            .directory(Launcher.HOME.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeAll(List.of("AWS_PROFILE", "AWS_SESSION_TOKEN"));
    builder.environment().putAll(Launcher.settings());
    builder
        .environment()
        .putAll(
            Map.of(
                "AGENTPOST_CATALOG",
                directory.resolve("agents.yaml").toString(),
                "AWS_CONFIG_FILE",
                directory.resolve("config").toString(),
                "CDK_DISABLE_CLI_TELEMETRY",
                "true",
                "CDK_FORCE",
                "true",
                "CDK_HOME",
                directory.resolve("cdk").toString(),
                "CDK_NOTICES",
                "false",
                "CDK_OUTPUT",
                directory.resolve("cdk.deploy").toString(),
                "CDK_REQUIRE_APPROVAL",
                "never"));
    Process shell = builder.start();
    if (!shell.waitFor(300, TimeUnit.SECONDS)) {
      shell.destroyForcibly();
      throw new AssertionError("still running after five minutes: " + Files.readString(output));
    }
    return new Ended(shell.exitValue(), Files.readString(output));
  }

  private String here(String commands) {
    return commands
        .replaceAll("(?m)^\\./agentpost .*$", "$0 --endpoint-url " + cloud.endpoint())
        .replace("http://localhost:4566", cloud.endpoint().toString());
  }

  private static String document(String word) {
    return Documents.fenced()
        .filter(block -> block.where().startsWith("docs/deploying.md:"))
        .map(Documents.Block::text)
        .filter(text -> text.contains(word))
        .findFirst()
        .orElseThrow();
  }

  private String attempts(String agent) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(
                      URI.create(cloud.endpoint() + "/_agentpost/attempts?agent=" + agent))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while it was asked for attempts", e);
    }
  }

  private void awaitDelivery(String agent) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> attempts(agent), seen -> seen.contains("\"outcome\":\"delivered\""));
  }

  private List<String> statuses() {
    try (CloudFormationClient stacks =
        cloud.clients("test").create(CloudFormationClient.builder())) {
      return stacks.describeStacks().stacks().stream()
          .filter(stack -> stack.parentId() == null)
          .map(stack -> stack.stackName() + " " + stack.stackStatusAsString())
          .toList();
    }
  }

  @Test
  void aStageIsDeployedChangedAndDestroyed() throws Exception {
    Path catalog = directory.resolve("agents.yaml");
    Files.copy(Launcher.ONBOARDING, catalog);
    Ended first = run(here(document("npx --yes aws-cdk@2.1148.1 deploy")));
    assertThat(first.exit()).as(first.output()).isZero();
    assertThat(first.output())
        .contains(
            "bootstrap: version 33",
            "Nothing stops a deployment of agentpost-try.",
            "comes    agent welcome-agent: ",
            "agentpost-try.BusName = agentpost-try",
            " ok, 0 failed, ");
    assertThat(statuses()).containsExactly("agentpost-try CREATE_COMPLETE");
    awaitDelivery("welcome-agent");

    Files.writeString(catalog, Files.readString(catalog).stripTrailing() + "\n" + ANOTHER_AGENT);
    Ended second = run(here(document("npx --yes aws-cdk@2.1148.1 deploy")));
    assertThat(second.exit()).as(second.output()).isZero();
    assertThat(second.output())
        .contains("comes    agent second-monitor: ")
        .doesNotContain("comes    agent welcome-agent: ");
    assertThat(statuses()).containsExactly("agentpost-try UPDATE_COMPLETE");
    awaitDelivery("second-monitor");

    Ended destroyed = run(environment() + document("destroy -c stage=try"));
    assertThat(destroyed.exit()).as(destroyed.output()).isZero();
    assertThat(statuses()).isEmpty();
    Ended left = run(here("./agentpost preflight --stage try"));
    assertThat(left.exit()).as(left.output()).isEqualTo(1);
    assertThat(left.output()).contains("agentpost-try-claims", "aws dynamodb delete-table");
    Ended removed =
        run(
            environment()
                // For version 1 of AWS's command.
                + "export AWS_DEFAULT_REGION=us-east-1\n"
                + left.output()
                    .lines()
                    .filter(line -> line.startsWith("        "))
                    .collect(Collectors.joining("\n")));
    assertThat(removed.exit()).as(removed.output()).isZero();
    Ended ready = run(here("./agentpost preflight --stage try"));
    assertThat(ready.output()).contains("Nothing stops a deployment of agentpost-try.");
    assertThat(ready.exit()).isZero();
  }

  private String environment() {
    return here(
        document("npx --yes aws-cdk@2.1148.1 deploy")
                .lines()
                .filter(line -> line.startsWith("export "))
                .collect(Collectors.joining("\n"))
            + "\n");
  }

  /** Of a template that a CDK app would have written. */
  private Ended deploy(String resources) throws Exception {
    String template = ("{'Resources':{" + resources + "}}").replace('\'', '"');
    String hash =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(template.getBytes(UTF_8)));
    Path app = Files.createDirectories(directory.resolve("app"));
    write(
        app.resolve("manifest.json"),
        "{'version':'36.0.0','artifacts':{'shop.assets':{'type':'cdk:asset-manifest','properties':{'file':'shop.assets.json'}},"
            + "'shop':{'type':'aws:cloudformation:stack','environment':'aws://000000000000/us-east-1','dependencies':['shop.assets'],"
            + "'properties':{'templateFile':'shop.template.json','stackTemplateAssetObjectUrl':'s3://"
            + UploadedFiles.BUCKET
            + "/"
            + hash
            + ".json'}}}}");
    write(
        app.resolve("shop.assets.json"),
        "{'version':'36.0.0','dockerImages':{},'files':{'"
            + hash
            + "':{'source':{'path':'shop.template.json','packaging':'file'},'destinations':{'here':{'bucketName':'"
            + UploadedFiles.BUCKET
            + "','objectKey':'"
            + hash
            + ".json'}}}}}");
    write(app.resolve("shop.template.json"), template);
    return run(environment() + CDK + " deploy --app " + app);
  }

  private static void write(Path file, String json) throws IOException {
    Files.writeString(file, json.replace('\'', '"'));
  }

  private static String parameter(String value) {
    return "'P':{'Type':'AWS::SSM::Parameter','Properties':{'Name':'/shop','Type':'String','Value':'"
        + value
        + "'}}";
  }

  private String value() {
    try (SsmClient parameters = cloud.clients("test").create(SsmClient.builder())) {
      return parameters.getParameter(get -> get.name("/shop")).parameter().value();
    }
  }

  @Test
  void whatFailsSaysWhyAndChangesNothing() throws Exception {
    String broken =
        ",'Q':{'Type':'AWS::SQS::Queue','DependsOn':'P','Properties':{'QueueName':'no name'}}";
    Ended first = deploy(parameter("1") + broken);
    assertThat(first.exit()).as(first.output()).isEqualTo(1);
    assertThat(first.output()).contains("CREATE_FAILED", "Can only include alphanumeric");
    assertThat(statuses()).containsExactly("shop ROLLBACK_COMPLETE");

    Ended mended = deploy(parameter("1"));
    assertThat(mended.exit()).as(mended.output()).isZero();
    Ended update = deploy(parameter("2") + broken);
    assertThat(update.exit()).as(update.output()).isEqualTo(1);
    assertThat(update.output()).contains("Can only include alphanumeric");
    assertThat(statuses()).containsExactly("shop UPDATE_ROLLBACK_COMPLETE");
    assertThat(value()).isEqualTo("1");

    Ended unknown = deploy("'S':{'Type':'AWS::Batch::JobQueue'}");
    assertThat(unknown.exit()).as(unknown.output()).isEqualTo(1);
    assertThat(unknown.output())
        .contains("does not support the resource type AWS::Batch::JobQueue");
    assertThat(value()).isEqualTo("1");
  }
}
