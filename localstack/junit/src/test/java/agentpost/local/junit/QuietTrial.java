package agentpost.local.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * What {@link LogSilencerIT} runs in a JVM of its own, with a logging system or none; ends with 0
 * if both tests pass, and says what fails.
 */
@AgentpostTest(cdkOut = QuietTrial.CDK_OUT)
class QuietTrial {
  static final String CDK_OUT = "target/quiet-clouds";
  private static final String SIGN_UP =
      "{\"user_id\":\"usr-1\",\"email\":\"ada@example.com\",\"plan\":\"free\",\"signup_source\":\"web\",\"location\":\"US-CA\"}";

  /** What JUnit says of this project's own files is not what is looked for. */
  private static final Logger JUNIT = Logger.getLogger("org.junit");

  @Test
  void aHostedAgentActsAndADayPasses(TestCloud cloud, SqsClient queues, DynamoDbClient tables) {
    TestAgent welcome = cloud.agent("welcome-agent");
    welcome.answers(503).times(1);
    String id = cloud.put("user.signed_up", SIGN_UP);
    cloud.advance(Duration.ofDays(1));
    welcome.awaitEvent(id);
    cloud.awaitAnswer("email.sent", id);
    assertThat(queues.listQueues().queueUrls()).isNotEmpty();
    assertThat(tables.listTables().tableNames()).contains("agentpost-claims");
  }

  /** What is under way meets a cloud that is closing. */
  @Test
  void theCloudEndsWhileItWorks(TestCloud cloud) {
    TestAgent mine = cloud.agent("crm-sync").hears("user.signed_up");
    mine.answers(422);
    for (int i = 0; i < 20; i++) {
      cloud.put("user.signed_up", SIGN_UP);
    }
    assertThat(mine.awaitDeadLetter(cloud.put("user.signed_up", SIGN_UP)).attempts()).isOne();
  }

  public static void main(String[] args) {
    JUNIT.setLevel(Level.SEVERE);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(QuietTrial.class))
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .build();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, summary);
    boolean passed = summary.getSummary().getTestsSucceededCount() == 2;
    if (!passed) {
      summary
          .getSummary()
          .printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    }
    System.exit(passed ? 0 : 1);
  }
}
