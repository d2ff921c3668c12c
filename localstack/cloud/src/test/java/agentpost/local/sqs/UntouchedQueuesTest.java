package agentpost.local.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.policy.ResourcePolicies;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** What is answered without asking is what ElasticMQ would answer. */
class UntouchedQueuesTest {
  private static final List<String> NAMES = List.of("a", "b", "b-dlq");
  private static final String ARN = "arn:aws:sqs:us-east-1:000000000000:";
  private static @Nullable SqsService sqs;

  @BeforeContainer
  static void start() {
    sqs = new SqsService(1, new ResourcePolicies());
  }

  @AfterContainer
  static void stop() {
    service().stop();
  }

  private static SqsService service() {
    if (sqs == null) {
      throw new IllegalStateException("not started");
    }
    return sqs;
  }

  private static ObjectNode of(String queue) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("QueueUrl", SqsService.url("http://localhost", queue));
  }

  private static JsonNode counts(String queue, boolean withArn) {
    ObjectNode input = of(queue);
    UntouchedQueues.COUNTS.forEach(input.putArray("AttributeNames")::add);
    if (withArn) {
      input.withArray("AttributeNames").add("QueueArn");
    }
    ObjectNode all = service().call("GetQueueAttributes", input).withObject("Attributes");
    return all.without("QueueArn");
  }

  /** One thing that a client does. */
  record Step(String operation, String queue) {
    void run() {
      switch (operation) {
        case "Send" -> service().call("SendMessage", of(queue).put("MessageBody", "m"));
        case "Delay" ->
            service()
                .call("SendMessage", of(queue).put("MessageBody", "m").put("DelaySeconds", 900));
        case "Letter" ->
            service()
                .send(
                    SqsService.url("http://localhost", queue),
                    "m",
                    java.util.Map.of("ERROR_CODE", "TIMEOUT"));
        case "Receive" -> service().call("ReceiveMessage", of(queue).put("VisibilityTimeout", 0));
        case "Purge" -> service().call("PurgeQueue", of(queue));
        case "Recreate" -> {
          service().call("DeleteQueue", of(queue));
          create(queue);
        }
        default -> throw new IllegalStateException(operation);
      }
    }
  }

  private static void create(String queue) {
    ObjectNode input = JsonNodeFactory.instance.objectNode().put("QueueName", queue);
    if (queue.equals("b")) {
      input
          .putObject("Attributes")
          .put(
              "RedrivePolicy",
              "{\"deadLetterTargetArn\":\"" + ARN + "b-dlq\",\"maxReceiveCount\":1}");
    }
    service().call("CreateQueue", input);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return net.jqwik.api.Combinators.combine(
            Arbitraries.of("Send", "Delay", "Letter", "Receive", "Receive", "Purge", "Recreate"),
            Arbitraries.of(NAMES))
        .as(Step::new)
        .list()
        .ofMaxSize(8);
  }

  /** The ARN is not among what is known, so with it ElasticMQ is asked. */
  @Property(tries = 40)
  void whateverWasDoneTheCountsAreElasticMqs(@ForAll("steps") List<Step> steps) {
    List.of("a", "b-dlq", "b").forEach(UntouchedQueuesTest::create);
    for (Step step : steps) {
      step.run();
      for (String queue : NAMES) {
        assertThat(counts(queue, false))
            .as("%s after %s", queue, steps)
            .isEqualTo(counts(queue, true));
      }
    }
    NAMES.forEach(queue -> service().call("DeleteQueue", of(queue)));
  }
}
