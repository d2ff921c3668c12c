package agentpost;

import agentpost.delivery.InvokeClient;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * What {@link PackedJarIT} runs on the classes of the packed jar and no others: it is loaded there,
 * and speaks with the test in types of the JDK. Takes a service's address; answers, for each client
 * by its name and each handler by its class, {@code ok}, the error that the service gave, or what
 * went wrong.
 */
public final class PackedFunctions
    implements BiFunction<URI, Iterable<String>, Map<String, String>> {
  /** What any handler asks for; one that asks for more says so by name when it is made. */
  private static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("AGENT", "scheduling-agent"),
          Map.entry("AGENT_DIRECTORY", "agentpost/directory/agents"),
          Map.entry("AGENT_SECRET_PREFIX", "agentpost/agents/"),
          Map.entry("AGENT_STATE_TABLE", "agentpost-agent-state"),
          Map.entry("BUS_ARN", "arn:aws:events:us-east-1:000000000000:event-bus/agentpost"),
          Map.entry("BUS_NAME", "agentpost"),
          Map.entry("CALLBACK_URL", "https://api.example.com/webhooks/process-complete"),
          Map.entry("CLAIMS_TABLE", "agentpost-claims"),
          Map.entry("CONNECTION_NAME", "agentpost"),
          Map.entry("DEAD_LETTER_QUEUE_PREFIX", "agentpost-"),
          Map.entry("EMAIL_FROM", "hello@example.com"),
          Map.entry("FUNCTION_PREFIX", "agentpost-"),
          Map.entry("HEALTH_TABLE", "agentpost-health"),
          Map.entry("INGEST_URL", "https://api.example.com/ingest/"),
          Map.entry("OPERATIONS_TABLE", "agentpost-operations"),
          Map.entry("PROCESSOR", "calendar"),
          Map.entry("PROCESSORS", "calendar"),
          Map.entry("PROCESSOR_SECRET_PREFIX", "agentpost/processors/"),
          Map.entry("PROCESSOR_URL", "https://api.example.com/process-data"),
          Map.entry("RECEIVER_TABLE", "agentpost-verify-deployment-a1b2c3"),
          Map.entry("RELAY_KEY_SECRET", "agentpost/relay"),
          Map.entry(
              "SCHEDULE_DLQ_ARN", "arn:aws:sqs:us-east-1:000000000000:agentpost-schedules-dlq"),
          Map.entry("SCHEDULE_GROUP", "agentpost"),
          Map.entry("SCHEDULE_ROLE_ARN", "arn:aws:iam::000000000000:role/reminders"),
          Map.entry("SOURCES", "crm"),
          Map.entry("SOURCE_DIRECTORY", "agentpost/directory/sources"),
          Map.entry("SOURCE_SECRET_PREFIX", "agentpost/sources/"),
          Map.entry("SUPPORT_EMAIL", "support@example.com"),
          Map.entry("WEBHOOK_SECRET", "agentpost/agents/scheduling-agent"),
          Map.entry(
              "WORK_QUEUE_URL",
              "https://sqs.us-east-1.amazonaws.com/000000000000/agentpost-calendar"));

  private final Map<String, String> outcomes = new TreeMap<>();

  @Override
  public Map<String, String> apply(URI service, Iterable<String> handlers) {
    AwsClients aws = clients(service);
    calls(aws).forEach(this::note);
    Platform platform =
        new Platform(ENVIRONMENT, Clock.systemUTC(), aws, HttpClient.newHttpClient(), _ -> {});
    for (String handler : handlers) {
      note(
          handler,
          () -> Class.forName(handler).getConstructor(Platform.class).newInstance(platform));
    }
    return new HashMap<>(outcomes);
  }

  /** One call a client, and those whose pages the SDK turns. */
  private static Map<String, Step> calls(AwsClients aws) {
    Map<String, AttributeValue> key = Map.of("agent", AttributeValue.fromS("a"));
    Map<String, Step> calls = new TreeMap<>();
    calls.put(
        "DynamoDbClient",
        () -> aws.create(DynamoDbClient.builder()).getItem(get -> get.tableName("t").key(key)));
    calls.put(
        "DynamoDbClient pages",
        () ->
            aws
                .create(DynamoDbClient.builder())
                .queryPaginator(query -> query.tableName("t"))
                .items()
                .stream()
                .count());
    calls.put(
        "DynamoDbClient all rows",
        () ->
            aws
                .create(DynamoDbClient.builder())
                .scanPaginator(scan -> scan.tableName("t"))
                .items()
                .stream()
                .count());
    calls.put(
        "EventBridgeClient",
        () ->
            aws.create(EventBridgeClient.builder())
                .putEvents(
                    put ->
                        put.entries(
                            List.of(PutEventsRequestEntry.builder().detail("{}").build()))));
    calls.put(
        "InvokeClient",
        () ->
            aws.create(InvokeClient.builder())
                .invoke(
                    "f", "live", InvokeClient.Type.DRY_RUN, new byte[0], Duration.ofMinutes(1)));
    calls.put(
        "SchedulerClient",
        () ->
            aws.create(SchedulerClient.builder())
                .createSchedule(
                    schedule ->
                        schedule
                            .name("n")
                            .scheduleExpression("rate(1 minute)")
                            .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                            .target(target -> target.arn("a").roleArn("r"))));
    calls.put(
        "SecretsManagerClient",
        () -> aws.create(SecretsManagerClient.builder()).getSecretValue(get -> get.secretId("s")));
    calls.put(
        "SesV2Client",
        () ->
            aws.create(SesV2Client.builder())
                .sendEmail(
                    send ->
                        send.content(
                            content ->
                                content.simple(
                                    mail ->
                                        mail.body(body -> body.text(text -> text.data("t")))))));
    calls.put(
        "SfnClient",
        () ->
            aws.create(SfnClient.builder())
                .sendTaskSuccess(send -> send.taskToken("t").output("{}")));
    calls.put(
        "SqsClient",
        () ->
            aws.create(SqsClient.builder())
                .receiveMessage(
                    receive -> receive.queueUrl("https://sqs.us-east-1.amazonaws.com/0/q")));
    return calls;
  }

  private interface Step {
    Object run() throws Exception;
  }

  private void note(String what, Step step) {
    outcomes.put(what, outcome(step));
  }

  private static String outcome(Step step) {
    try {
      return step.run() == null ? "nothing" : "ok";
    } catch (AwsServiceException e) {
      return e.getClass().getSimpleName();
    } catch (Exception | LinkageError e) {
      return e + (e.getCause() == null ? "" : ", caused by " + e.getCause());
    }
  }

  private static AwsClients clients(URI service) {
    var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any"));
    return new AwsClients() {
      @Override
      public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
          B builder) {
        return builder
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(credentials)
            .region(Region.US_EAST_1)
            .endpointOverride(service)
            .build();
      }
    };
  }
}
