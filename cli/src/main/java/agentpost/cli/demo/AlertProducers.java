package agentpost.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.CommandFailure;
import agentpost.local.LocalCloud;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Who raises alerts: CloudWatch and GuardDuty on the default bus, and an application by a webhook
 * that it signs.
 */
final class AlertProducers implements AutoCloseable {
  private final LocalCloud cloud;
  private final Path examples;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Signer signer;
  private final URI door;

  AlertProducers(LocalCloud cloud, Path examples) {
    this.cloud = cloud;
    this.examples = examples;
    this.door =
        URI.create(
            Optional.ofNullable(
                        cloud.outputs().getOrDefault(ResourceNames.PRODUCT, Map.of()).get("ApiUrl"))
                    .orElseThrow()
                + "/ingest/app-errors");
    try (SecretsManagerClient secrets =
        cloud.clients("demo").create(SecretsManagerClient.builder())) {
      // On AWS a person gives the application the secret; here it is the one that the deployment
      // made.
      this.signer =
          new Signer(
              WebhookKeyStore.parse(
                  secrets
                      .getSecretValue(
                          get -> get.secretId(ResourceNames.DEFAULT.sourceSecret("app-errors")))
                      .secretString()));
    }
  }

  /**
   * An alarm's change of state, under an id of CloudWatch's: the same id is the same event again.
   */
  void alarm(String id, String name, String state) throws IOException, InterruptedException {
    ObjectNode event = example("cloudwatch-alarm.json").put("id", id);
    ObjectNode detail = event.withObjectProperty("detail").put("alarmName", name);
    detail.withObjectProperty("state").put("value", state);
    aws(event);
  }

  void finding() throws IOException, InterruptedException {
    aws(example("guardduty-finding.json"));
  }

  private ObjectNode example(String file) throws IOException {
    ObjectNode event = (ObjectNode) DemoEvent.read(examples.resolve(file));
    return event.put("time", cloud.now().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private void aws(ObjectNode event) throws IOException, InterruptedException {
    send(
        HttpRequest.newBuilder(cloud.endpoint().resolve("/_agentpost/aws-events")),
        event.toString(),
        200);
  }

  /**
   * @param type {@code error.raised} or {@code error.resolved}
   */
  void error(String id, String type) throws IOException, InterruptedException {
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", type)
            .put("application", "checkout")
            .put("fingerprint", "checkout:payment-refused:PaymentForm.submit")
            .put("severity", "warning")
            .put("title", "Payments are refused in PaymentForm.submit")
            .toString();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(door).header("Content-Type", "application/json");
    signer.standard(id, Instant.now(), body.getBytes(UTF_8)).forEach(request::header);
    send(request, body, 202);
  }

  private void send(HttpRequest.Builder request, String body, int expected)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != expected) {
      throw new CommandFailure(
          "an alert was not accepted: " + answer.statusCode() + " " + answer.body());
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
