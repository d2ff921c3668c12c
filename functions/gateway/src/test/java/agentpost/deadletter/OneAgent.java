package agentpost.deadletter;

import agentpost.catalog.AgentName;
import agentpost.delivery.SignedDelivery;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.testing.FakeDirectory;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.MovableClock;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;

/** The agent {@code crm-sync} as the relay reaches it, and what it was asked. */
final class OneAgent implements AwsClients {
  static final AgentName NAME = new AgentName("crm-sync");
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  final List<Request> asked = new CopyOnWriteArrayList<>();
  final FakeSecretsManager secrets =
      new FakeSecretsManager()
          .with("agentpost/agents/crm-sync", SECRET)
          .with(
              FakeDirectory.AGENTS,
              new FakeDirectory()
                  .with("crm-sync", "{\"endpoint\":\"https://crm.example.com/hooks\"}"));
  Runnable beforeIsAsked = () -> {};
  FakeHttp.OtherSide answers = _ -> Response.json(200, "{}");
  private final MovableClock clock;

  OneAgent(MovableClock clock) {
    this.clock = clock;
  }

  SignedDelivery delivery() {
    Platform platform = new Platform(Map.of(), clock, this, new FakeHttp(this::answered), _ -> {});
    return SignedDelivery.from(platform, "agentpost/agents/", FakeDirectory.AGENTS);
  }

  private Response answered(Request request) throws IOException {
    beforeIsAsked.run();
    asked.add(request);
    return answers.answer(request);
  }

  List<String> askedFor() {
    return asked.stream().map(request -> request.header("webhook-id").orElse("")).toList();
  }

  @Override
  @SuppressWarnings("unchecked") // Each builder builds the client that stands beside it.
  public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
    return (C)
        switch (builder) {
          case SecretsManagerClientBuilder _ -> secrets;
          default -> throw new IllegalArgumentException("No fake for " + builder.getClass());
        };
  }
}
