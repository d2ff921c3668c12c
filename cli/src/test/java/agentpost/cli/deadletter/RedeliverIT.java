package agentpost.cli.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.email.Outbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** An event that an agent refused, mended and delivered, in the whole stack. */
class RedeliverIT {
  @TempDir private static Path directory;
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.deploy(Launcher.synthesized(directory));
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  /** A producer that does not validate what it puts. */
  private static void put(String id, String user) {
    String detail =
        """
        {"event_id":"%s","event_type":"user.signed_up","timestamp":"%s",\
        "data":{"user_id":"usr-1",%s"plan":"free","signup_source":"marketing_campaign_xyz","location":"US-CA"},\
        "metadata":{"source_service":"authentication_service","correlation_id":"corr-1"}}\
        """
            .formatted(id, Instant.now(), user);
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      PutEventsRequestEntry entry =
          PutEventsRequestEntry.builder()
              .eventBusName("agentpost")
              .source("authentication_service")
              .detailType("user.signed_up")
              .detail(detail)
              .build();
      events.putEvents(put -> put.entries(entry));
    }
    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofMinutes(1))
        .until(() -> cloud.pendingDeliveries().isEmpty());
  }

  private static Run at(String... args) {
    String[] all = Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--endpoint-url";
    all[args.length + 1] = cloud.endpoint().toString();
    return Run.of("", all);
  }

  private static String file(String text) throws IOException {
    return Files.writeString(directory.resolve("letters.json"), text).toString();
  }

  @Test
  void whatWasRefusedIsMendedDeliveredAndOutOfTheQueue() throws IOException {
    put("refused-1", "");
    put("refused-2", "");
    String exported = at("dlq", "export", "welcome-agent").out();
    assertThat(exported)
        .contains(
            "\"status\" : 422",
            "\"problem\" : \"/data/email: a value is required (required), found nothing\"");

    Run unmended = at("redeliver", "welcome-agent", file(exported));
    assertEquals(1, unmended.exitCode());
    assertThat(unmended.err())
        .containsPattern(
            "nothing is delivered, since the file is wrong:\n"
                + ".*letters.json, line \\d+: /data/email: a value is required \\(required\\),"
                + " found nothing\n");
    int line =
        Integer.parseInt(unmended.err().replaceFirst("(?s).*?line (\\d+): /data/email.*", "$1"));
    assertThat(exported.lines().skip(line - 1L).findFirst())
        .as("the line of what it is missing in")
        .contains("    \"data\" : {");

    String mended =
        exported.replace(
            "\"user_id\" : \"usr-1\",",
            "\"user_id\" : \"usr-1\", \"email\" : \"ada@example.com\",");
    Run redelivered = at("redeliver", "welcome-agent", file(mended));
    assertEquals(0, redelivered.exitCode(), redelivered.everything());
    assertThat(redelivered.out())
        .contains(
            "delivered  refused-1  its letter is removed\n",
            "delivered  refused-2  its letter is removed\n",
            "2 delivered, 0 refused, 0 not attempted\n");
    assertThat(at("dlq", "show", "welcome-agent").out()).isEqualTo("no such letters\n");
    assertThat(cloud.outbox()).extracting(Outbox.Mail::to).contains("ada@example.com");

    int mails = cloud.outbox().size();
    Run again = at("redeliver", "welcome-agent", file(mended));
    assertThat(again.out())
        .contains(
            "delivered  refused-1  welcome-agent had acted on this event_id before, so what was"
                + " changed had no effect; its letter was not found");
    assertThat(cloud.outbox()).hasSize(mails);
  }

  @Test
  void anEnvelopeAloneIsDeliveredToThatAgent() throws IOException {
    int mails = cloud.outbox().size();
    String envelope =
        Files.readString(
            Launcher.HOME.resolve("events-schemas/user.signed_up/examples/premium-trial.json"));
    assertThat(at("redeliver", "welcome-agent", file(envelope)).out())
        .containsPattern("delivered  [\\w-]+\n1 delivered, 0 refused, 0 not attempted\n");
    assertThat(cloud.outbox()).hasSize(mails + 1);
  }

  @Test
  void aFileThatCannotBeReadIsSaidToBe() throws IOException {
    assertThat(at("redeliver", "welcome-agent", "no-such-file").err())
        .contains("there is no file no-such-file");
    assertThat(at("redeliver", "welcome-agent", file("")).err()).contains("has no events");
    assertThat(
            at(
                    "redeliver",
                    "welcome-agent",
                    file("{\"event_id\":\"e\",\n\"event_type\":\"no.such\"}"))
                .err())
        .contains("line 2: There is no schema for event_type 'no.such'");
  }
}
