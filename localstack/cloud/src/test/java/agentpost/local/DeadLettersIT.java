package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** Dead letters in real queues, and the redrive's function as it is invoked over the wire. */
class DeadLettersIT {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static SqsClient queues;

  @BeforeAll
  static void start() throws Exception {
    AgentpostTemplate template = new AgentpostTemplate();
    for (String name :
        List.of("welcome-agent", "browsed-agent", "kept-agent", "refusing-agent", "mended-agent")) {
      template
          .agent(name, "agentpost.onboarding.WelcomeHandler", "{\"source\":[\"nobody\"]}")
          .put("EMAIL_FROM", "hello@example.com");
    }
    // Twelve of its seconds are for ending in time, so the brief one works for two.
    Map.of("agentpost-redrive", 60, "agentpost-brief", 14)
        .forEach(
            (name, seconds) ->
                template
                    .function(name, "agentpost.deadletter.RedriveHandler", seconds, "/" + name)
                    .put("DEAD_LETTER_QUEUE_PREFIX", "agentpost-")
                    .put("AGENT_SECRET_PREFIX", "agentpost/agents/")
                    .put("AGENT_DIRECTORY", "agentpost/directory/agents"));
    Templates.write(cdkOut, "agentpost", template.toString());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.deploy(cdkOut);
    queues = cloud.clients("test").create(SqsClient.builder());
  }

  @AfterAll
  static void stop() {
    queues.close();
    cloud.close();
  }

  private static String url(String agent) {
    return queues.getQueueUrl(get -> get.queueName("agentpost-" + agent + "-dlq")).queueUrl();
  }

  private static String signUp(String id) {
    return """
    {"version":"0","id":"bus-%s","detail-type":"user.signed_up","source":"authentication_service","account":"000000000000","time":"2026-03-31T10:30:00Z",\
    "region":"us-east-1","resources":[],"detail":{"event_id":"%s","event_type":"user.signed_up","timestamp":"2026-03-31T10:30:00Z",\
    "data":{"user_id":"usr-%s","email":"%s@example.com","plan":"free","signup_source":"marketing_campaign_xyz","location":"US-CA"},\
    "metadata":{"source_service":"authentication_service","correlation_id":"corr-9876"}}}\
    """
        .formatted(id, id, id, id);
  }

  private static void send(String agent, List<String> bodies) {
    for (int from = 0; from < bodies.size(); from += 10) {
      List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
      for (String body : bodies.subList(from, Math.min(from + 10, bodies.size()))) {
        entries.add(
            SendMessageBatchRequestEntry.builder()
                .id("m" + entries.size())
                .messageBody(body)
                .messageAttributes(
                    Map.of(
                        "ERROR_CODE",
                        MessageAttributeValue.builder()
                            .dataType("String")
                            .stringValue("TIMEOUT")
                            .build()))
                .build());
      }
      queues.sendMessageBatch(batch -> batch.queueUrl(url(agent)).entries(entries));
    }
  }

  private static JsonNode redrive(String input) {
    return invoke("agentpost-redrive", input);
  }

  private static JsonNode invoke(String function, String input) {
    HttpRequest request =
        HttpRequest.newBuilder(
                cloud.endpoint().resolve("/2015-03-31/functions/" + function + ":live/invocations"))
            .POST(HttpRequest.BodyPublishers.ofString(input))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.headers().firstValue("X-Amz-Function-Error")).as(answer.body()).isEmpty();
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int hidden(String agent) {
    QueueAttributeName hidden = QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE;
    return Integer.parseInt(
        queues
            .getQueueAttributes(get -> get.queueUrl(url(agent)).attributeNames(hidden))
            .attributes()
            .getOrDefault(hidden, ""));
  }

  private static int depth(String agent) {
    Map<QueueAttributeName, String> attributes =
        queues
            .getQueueAttributes(
                get ->
                    get.queueUrl(url(agent))
                        .attributeNames(
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
            .attributes();
    return attributes.values().stream().mapToInt(Integer::parseInt).sum();
  }

  private static List<String> eventIds(JsonNode report, String outcome) {
    List<String> ids = new ArrayList<>();
    report
        .path("outcomes")
        .forEach(
            one -> {
              if (one.path("outcome").asText().equals(outcome)) {
                ids.add(one.path("event_id").asText());
              }
            });
    return ids;
  }

  /**
   * EventBridge may dead-letter an event twice, so each lies here twice, and two redrives get at
   * them at once.
   */
  @Test
  void twoRedrivesInParallelActOnceOnEachEvent() {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      bodies.add(signUp("twice-" + i));
      bodies.add(signUp("twice-" + i));
    }
    send("welcome-agent", bodies);
    String order = "{\"agent\":\"welcome-agent\",\"rate\":300}";
    CompletableFuture<JsonNode> other = CompletableFuture.supplyAsync(() -> redrive(order));
    JsonNode one = redrive(order);
    JsonNode two = other.join();
    // A letter whose event the other one has in hand is answered 503 and stays: once more, and it
    // is done already.
    JsonNode last = redrive(order);
    assertThat(
            eventIds(one, "delivered").size()
                + eventIds(two, "delivered").size()
                + eventIds(last, "delivered").size())
        .isEqualTo(24);
    assertThat(depth("welcome-agent")).isZero();
    for (int i = 0; i < 12; i++) {
      String to = "twice-" + i + "@example.com";
      assertThat(cloud.outbox().stream().filter(mail -> mail.to().equals(to))).as(to).hasSize(1);
    }
  }

  /**
   * With -Dagentpost.letters=10000 as many as ADR 10 has figures for; sending them takes longest.
   */
  @Test
  void aWholeQueueIsLookedThroughInPagesWithoutShowingALetterTwiceOrTakingOneAway() {
    int letters = Integer.getInteger("agentpost.letters", 1_000);
    send(
        "browsed-agent",
        IntStream.range(0, letters).mapToObj(i -> signUp("browsed-" + i)).toList());
    DeadLetterQueue queue = new DeadLetterQueue(queues, url("browsed-agent"));
    Set<String> shown = new HashSet<>();
    int pages = 0;
    int count = 0;
    long start = System.nanoTime();
    long read;
    try (QueueBrowser look = queue.look()) {
      for (List<DeadLetter> page = look.page(500); !page.isEmpty(); page = look.page(500)) {
        pages++;
        count += page.size();
        page.forEach(letter -> shown.add(letter.eventId()));
      }
      read = System.nanoTime();
    }
    System.out.printf(
        "%d letters in %d pages: read in %d ms, given back in %d ms%n",
        count, pages, (read - start) / 1_000_000, (System.nanoTime() - read) / 1_000_000);
    assertThat(count).as("none twice").isEqualTo(letters);
    assertThat(shown).as("and all").hasSize(letters);
    assertThat(pages).isEqualTo(letters / 500);
    assertThat(queue.depth()).isEqualTo(letters);
    assertThat(hidden("browsed-agent")).as("all given back").isZero();
  }

  @Test
  void theCursorGrowsFromRunToRunSoThatNoLetterIsTriedTwice() {
    List<String> bodies =
        IntStream.range(0, 120)
            .mapToObj(i -> signUp("refused-" + i).replace("\"email\":", "\"no_email\":"))
            .toList();
    send("refusing-agent", bodies);
    ObjectNode order = JSON.createObjectNode().put("agent", "refusing-agent").put("rate", 30);
    List<String> refused = new ArrayList<>();
    int runs = 0;
    for (boolean hasMore = true; hasMore; runs++) {
      assertThat(runs).as("each run gets on").isLessThan(60);
      JsonNode report = invoke("agentpost-brief", order.toString());
      refused.addAll(eventIds(report, "refused"));
      assertThat(eventIds(report, "delivered")).isEmpty();
      hasMore = report.path("has_more").asBoolean();
      if (!hasMore) {
        assertThat(report.path("stop_reason").asText()).isEqualTo("COMPLETED");
        continue;
      }
      assertThat(report.path("cursor"))
          .as("one id for each letter that was tried")
          .hasSize(refused.size());
      assertThat(report.path("cursor").toString().length()).isEqualTo(39 * refused.size() + 1);
      order.set("cursor", report.path("cursor"));
    }
    assertThat(runs).isGreaterThan(1);
    assertThat(refused).hasSize(120).doesNotHaveDuplicates();
    assertThat(depth("refusing-agent")).isEqualTo(120);
  }

  @Test
  void whatIsMendedIsDeliveredInsteadOfTheLetterItComesFrom() {
    send(
        "mended-agent",
        List.of(signUp("mended-1").replace("\"email\":", "\"no_email\":"), signUp("mended-2")));
    DeadLetterQueue queue = new DeadLetterQueue(queues, url("mended-agent"));
    String messageId;
    try (QueueBrowser look = queue.look()) {
      messageId =
          look.find(new LetterFilter(Set.of(), Set.of(), Optional.empty(), Set.of("mended-1")))
              .map(DeadLetter::messageId)
              .orElseThrow();
    }
    String envelope = signUp("mended-1").replaceFirst("(?s).*?\"detail\":(\\{.*})}$", "$1");
    ObjectNode input = JSON.createObjectNode().put("agent", "mended-agent");
    input.putArray("events").addObject().put("envelope", envelope).put("message_id", messageId);
    JsonNode first = invoke("agentpost-redrive", input.toString());
    JsonNode outcome = first.path("outcomes").path(0);
    assertThat(
            outcome.path("event_id").asText()
                + " "
                + outcome.path("outcome").asText()
                + " "
                + outcome.path("letter").asText())
        .isEqualTo("mended-1 delivered its letter is removed");
    assertThat(outcome.path("was_done").asBoolean(true)).isFalse();
    assertThat(first.path("stop_reason").asText()).isEqualTo("COMPLETED");
    assertThat(cloud.outbox().stream().filter(mail -> mail.to().equals("mended-1@example.com")))
        .hasSize(1);
    JsonNode again = invoke("agentpost-redrive", input.toString());
    assertThat(again.path("outcomes").path(0).path("was_done").asBoolean()).isTrue();
    assertThat(depth("mended-agent")).as("the other is there").isEqualTo(1);
    assertThat(eventIds(redrive("{\"agent\":\"mended-agent\",\"dry_run\":true}"), "would_deliver"))
        .containsExactly("mended-2");
  }

  @Test
  void aLookThatFindsWhatItIsAfterGivesBackTheRest() {
    send("kept-agent", List.of(signUp("kept-1"), signUp("kept-2"), signUp("kept-3")));
    DeadLetterQueue queue = new DeadLetterQueue(queues, url("kept-agent"));
    try (QueueBrowser look = queue.look()) {
      Optional<DeadLetter> found =
          look.find(
              new LetterFilter(Set.of("TIMEOUT"), Set.of(), Optional.empty(), Set.of("kept-2")));
      assertThat(found).map(DeadLetter::eventType).contains("user.signed_up");
      found.ifPresent(queue::delete);
    }
    JsonNode dry = redrive("{\"agent\":\"kept-agent\",\"dry_run\":true}");
    assertThat(eventIds(dry, "would_deliver")).containsExactlyInAnyOrder("kept-1", "kept-3");
    assertThat(dry.path("stop_reason").asText()).isEqualTo("COMPLETED");
    assertThat(depth("kept-agent")).isEqualTo(2);
  }
}
