package agentpost.cli.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.cli.Launcher;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * The catalog is edited while the local cloud runs on it, in a copy of the project beside what was
 * built.
 */
class CatalogWatchIT {
  private static final Duration SYNTHESIS_TIMEOUT = Duration.ofMinutes(3);
  @TempDir private Path home;
  @TempDir private Path outputs;
  @TempDir private Path temporary;

  /** The launcher and the catalog are copies; all that was built is as it is. */
  private Path catalog() throws IOException {
    Files.copy(
        Launcher.HOME.resolve("agentpost"),
        home.resolve("agentpost"),
        StandardCopyOption.COPY_ATTRIBUTES);
    Path infra = Files.createDirectories(home.resolve("infra-cdk"));
    Path target = Files.createDirectories(infra.resolve("target"));
    for (String module : List.of("functions", "events-schemas", "cli", "localstack", "pom.xml")) {
      Files.createSymbolicLink(home.resolve(module), Launcher.HOME.resolve(module));
    }
    Files.createSymbolicLink(
        infra.resolve("cdk.json"), Launcher.HOME.resolve("infra-cdk/cdk.json"));
    for (String built : List.of("classes", "classpath.txt")) {
      Files.createSymbolicLink(
          target.resolve(built), Launcher.HOME.resolve("infra-cdk/target").resolve(built));
    }
    return Files.copy(Launcher.ONBOARDING, infra.resolve("agents.yaml"));
  }

  private static void edit(Path catalog, UnaryOperator<String> change) throws IOException {
    String before = Files.readString(catalog, UTF_8);
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(catalog, after, UTF_8);
  }

  private static <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C client(
      B builder, String endpoint) {
    return builder
        .endpointOverride(URI.create(endpoint))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private static String pattern(EventBridgeClient events, String rule) {
    return events
        .describeRule(describe -> describe.name(rule).eventBusName("agentpost"))
        .eventPattern();
  }

  private Launcher startLocal() throws Exception {
    return Launcher.start(
        outputs,
        home.resolve("agentpost"),
        home,
        Launcher.temporaryFiles(temporary),
        "local",
        "--port",
        "0");
  }

  private static void awaitReady(Launcher local) {
    awaitOutput(local, "ArchiveName = ");
  }

  private static void awaitOutput(Launcher local, String text) {
    await()
        .atMost(SYNTHESIS_TIMEOUT)
        .untilAsserted(() -> assertThat(local.output()).contains(text));
  }

  private static void addNewAgent(Path catalog) throws IOException {
    edit(
        catalog,
        text ->
            text
                + "\n"
                + "  new-agent:\n"
                + "    subscribes: [user.signed_up]\n"
                + "    hosted: {handler: agentpost.onboarding.PersonalizationHandler}\n");
  }

  @Test
  void theRunningCloudBecomesWhatTheCatalogSays() throws Exception {
    Path catalog = catalog();
    List<Path> before = Launcher.files(home);
    try (Launcher local = startLocal()) {
      awaitReady(local);
      String endpoint = local.output().replaceFirst("(?s).*ready: (http://localhost:\\d+).*", "$1");
      try (EventBridgeClient events = client(EventBridgeClient.builder(), endpoint);
          SqsClient queues = client(SqsClient.builder(), endpoint)) {
        String letters =
            queues.getQueueUrl(get -> get.queueName("agentpost-welcome-agent-dlq")).queueUrl();
        queues.sendMessage(send -> send.queueUrl(letters).messageBody("kept"));

        edit(
            catalog,
            text ->
                text.replace(
                    "    subscribes: [user.signed_up]\n"
                        + "    hosted: {handler: agentpost.onboarding.WelcomeHandler, uses:"
                        + " [email]}",
                    "    subscribes: [user.signed_up, user.converted]\n"
                        + "    hosted: {handler: agentpost.onboarding.WelcomeHandler, uses:"
                        + " [email]}"));
        awaitOutput(local, "changed AWS::Events::Rule agentpost-welcome-agent");
        assertThat(pattern(events, "agentpost-welcome-agent")).contains("user.converted");
        assertThat(local.output())
            .doesNotContain("changed AWS::Events::Rule agentpost-trial-monitor")
            .doesNotContain("AWS::DynamoDB::Table", "AWS::SQS::Queue");
        assertThat(
                queues
                    .receiveMessage(receive -> receive.queueUrl(letters).visibilityTimeout(0))
                    .messages())
            .extracting(message -> message.body())
            .containsExactly("kept");

        addNewAgent(catalog);
        awaitOutput(local, "made AWS::Events::Rule agentpost-new-agent");
        assertThat(pattern(events, "agentpost-new-agent")).contains("user.signed_up");
        assertThat(queues.getQueueUrl(get -> get.queueName("agentpost-new-agent-dlq")).queueUrl())
            .isNotEmpty();

        edit(catalog, text -> text.replace("\n  new-agent:\n", "\n  Not A Name:\n"));
        awaitOutput(local, "everything stays as it was");
        assertThat(local.output()).contains("Not A Name");
        assertThat(pattern(events, "agentpost-new-agent")).contains("user.signed_up");

        edit(catalog, text -> text.substring(0, text.indexOf("\n  Not A Name:\n")));
        awaitOutput(local, "removed AWS::Events::Rule agentpost-new-agent");
        await()
            .untilAsserted(
                () ->
                    assertThatThrownBy(() -> pattern(events, "agentpost-new-agent"))
                        .isInstanceOf(ResourceNotFoundException.class));
        assertThat(queues.getQueueUrl(get -> get.queueName("agentpost-new-agent-dlq")).queueUrl())
            .as("its letters stay")
            .isNotEmpty();
      }
    }
    assertThat(Launcher.files(temporary)).as("left among the temporary files").isEmpty();
    assertThat(Launcher.files(home))
        .as("left in the project, beside the template")
        .containsExactlyElementsOf(before);
  }

  @Test
  void whoStopsItWhileItSynthesizesLeavesNothingBehind() throws Exception {
    Path catalog = catalog();
    List<Path> before = Launcher.files(home);
    List<ProcessHandle> synthesis;
    try (Launcher local = startLocal()) {
      awaitReady(local);
      addNewAgent(catalog);
      await()
          .atMost(SYNTHESIS_TIMEOUT)
          .until(
              () ->
                  local.descendants().stream()
                      .anyMatch(
                          one -> one.info().commandLine().orElse("").contains("AgentpostApp")));
      synthesis = local.descendants();
      local.signal("TERM");
      local.exitCode();
    }
    assertThat(synthesis).as("what it had started").noneMatch(ProcessHandle::isAlive);
    assertThat(Launcher.files(temporary)).as("left among the temporary files").isEmpty();
    assertThat(Launcher.files(home)).as("left in the project").containsExactlyElementsOf(before);
  }
}
