package agentpost.local.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Endpoint;
import agentpost.local.testing.Templates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** External agents of the catalog are their tests' as those are that the template runs. */
@AgentpostTest(cdkOut = ExternalAgentsIT.CDK_OUT, timeScale = 1)
class ExternalAgentsIT {
  static final String CDK_OUT = "target/external-agents";
  private static final String TRIAL =
      "{\"user_id\":\"usr-1\",\"plan\":\"premium_trial\",\"ends_at\":\"2026-04-14T10:30:00Z\"}";
  private static final String SIGN_UP =
      "{\"user_id\":\"usr-1\",\"email\":\"ada@example.com\",\"plan\":\"free\",\"signup_source\":\"web\",\"location\":\"US-CA\"}";
  private static final String PATTERN = "{\"detail-type\":[\"trial.ending\"]}";

  @BeforeAll
  static void synthesize() throws IOException {
    AgentpostTemplate template =
        new AgentpostTemplate()
            .log()
            .external("asked", "https://Asked.example.com/hooks?tenant=1", PATTERN)
            .external("plain", "https://plain.example.com:443", "\"challenge\":false", PATTERN)
            .external(
                "chat",
                "https://chat.example.com/hooks",
                "\"challenge\":false,\"dialect\":\"chat\"",
                PATTERN)
            .external(
                "together",
                "https://chat.example.com/together",
                "\"challenge\":false,\"dialect\":\"together\"",
                "{\"detail-type\":[\"user.signed_up\"]}");
    Templates.write(Files.createDirectories(Path.of(CDK_OUT)), "agentpost", template.toString());
  }

  private static List<Integer> answered(TestAgent agent) {
    return agent.received().stream().map(one -> one.status().orElse(0)).toList();
  }

  private static void attempted(TestCloud cloud, TestAgent agent, String event, int attempts) {
    cloud.await(
        "attempt " + attempts + " at " + agent.name(),
        () -> agent.attempts(event) >= attempts ? Optional.of(attempts) : Optional.empty());
  }

  private static void retriesTwice(TestCloud cloud, TestAgent agent) {
    agent.answers(503).times(2);
    String id = cloud.put("trial.ending", TRIAL);
    for (int attempt = 1; attempt <= 2; attempt++) {
      attempted(cloud, agent, id, attempt);
      cloud.advance(Duration.ofMinutes(1));
    }
    assertThat(agent.awaitEvent(id).eventId()).isEqualTo(id);
    assertThat(answered(agent)).containsExactly(503, 503, 204);
    assertThat(agent.attempts(id)).isEqualTo(3);
  }

  @Test
  void itTakesEventsUntilItIsToldOtherwise(TestCloud cloud) {
    TestAgent plain = cloud.agent("plain");
    String id = cloud.put("trial.ending", TRIAL);
    assertThat(plain.awaitEvent(id).text()).contains(id);
    assertThat(plain.awaitType("trial.ending").status()).contains(204);
  }

  @Test
  void itRetriesOneThatIsDown(TestCloud cloud) {
    retriesTwice(cloud, cloud.agent("plain"));
  }

  /** What it is told to answer is its answer to events. */
  @Test
  void theChallengeIsAnsweredForIt(TestCloud cloud) {
    retriesTwice(cloud, cloud.agent("asked"));
  }

  @Test
  void oneOfADialectNeedsNoIdInItsRequests(TestCloud cloud) {
    TestAgent chat = cloud.agent("chat");
    retriesTwice(cloud, chat);
    assertThat(chat.received())
        .allSatisfy(
            request -> {
              assertThat(request.header("webhook-id")).isEmpty();
              assertThat(request.text()).isEqualTo("A trial ends");
            });
  }

  @Test
  void aDialectReadsTheBodyThatTheTestAnswersWith(TestCloud cloud) {
    TestAgent chat = cloud.agent("chat");
    chat.answers(200).body("busy").times(1);
    String id = cloud.put("trial.ending", TRIAL);
    attempted(cloud, chat, id, 1);
    cloud.advance(Duration.ofMinutes(1));
    chat.awaitEvent(id);
    assertThat(answered(chat)).containsExactly(200, 204);
  }

  @Test
  void requestsThatCannotBeToldApartAreSaidToBe(TestCloud cloud) {
    TestAgent together = cloud.agent("together");
    String alone = cloud.put("user.signed_up", SIGN_UP);
    assertThat(together.awaitEvent(alone).eventId()).isEqualTo(alone);
    String second = cloud.put("user.signed_up", SIGN_UP);
    cloud.put("user.signed_up", SIGN_UP);
    assertThatThrownBy(() -> together.awaitEvent(second))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("together took the event " + second + ", and which request")
        .hasMessageContaining("no webhook-id");
    assertThat(together.received()).hasSizeGreaterThan(1);
  }

  @Test
  void aServerOfItsOwnIsAskedTheChallenge(TestCloud cloud) throws IOException {
    try (Endpoint server = new Endpoint()) {
      server.answers(200).answers(200);
      TestAgent asked = cloud.agent("asked").at(URI.create(server.url("/hook")));
      String id = cloud.put("trial.ending", TRIAL);
      attempted(cloud, asked, id, 1);
      assertThat(server.received())
          .extracting(request -> request.header("webhook-id"))
          .singleElement()
          .asString()
          .startsWith("msg_verification_");
      assertThat(asked.received()).isEmpty();
    }
  }
}
