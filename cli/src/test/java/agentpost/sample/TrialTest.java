package agentpost.sample;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.junit.AgentpostTest;
import agentpost.local.junit.TestAgent;
import agentpost.local.junit.TestCloud;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;

@AgentpostTest
class TrialTest {
  private static final String SIGN_UP =
      """
      {"user_id": "usr-5678", "email": "ada@example.com", "plan": "premium_trial", "signup_source": "web", "location": "US-CA"}
      """;

  @Test
  void theEndOfATrialIsAnnouncedThreeDaysBefore(TestCloud cloud) {
    String signUp = cloud.put("user.signed_up", SIGN_UP);
    cloud.awaitAnswer("trial.started", signUp);

    cloud.advance(Duration.ofDays(11));

    assertThat(cloud.awaitEvent("trial.ending").at("/data/user_id").asText()).isEqualTo("usr-5678");
    cloud.agent("personalization-agent").awaitType("trial.ending");
  }

  @Test
  void whoeverIsDownCatchesUp(TestCloud cloud) {
    TestAgent welcome = cloud.agent("welcome-agent");
    welcome.answers(503).times(2);

    String signUp = cloud.put("user.signed_up", SIGN_UP);

    welcome.awaitEvent(signUp);
    assertThat(welcome.attempts(signUp)).isEqualTo(3);
    assertThat(cloud.mails()).extracting(mail -> mail.subject()).contains("Welcome");
  }

  @Test
  void anAgentOfMyOwnRefusesAndItsLetterIsKept(TestCloud cloud, SqsClient queues) {
    TestAgent mine = cloud.agent("crm-sync").hears("user.signed_up");
    mine.answers(422);

    String signUp = cloud.put("user.signed_up", SIGN_UP);

    assertThat(mine.awaitDeadLetter(signUp).attempts()).isOne();
    String letters = queues.getQueueUrl(get -> get.queueName("agentpost-crm-sync-dlq")).queueUrl();
    assertThat(
            queues
                .receiveMessage(receive -> receive.queueUrl(letters))
                .messages()
                .getFirst()
                .body())
        .contains(signUp);
  }
}
