package agentpost.local.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.wire.AwsRequest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the outbox keeps. */
class OutboxTest {
  private final Outbox outbox = new Outbox();

  private void send(String subject, String text) {
    String body =
        "{\"FromEmailAddress\":\"a@example.com\",\"Destination\":{\"ToAddresses\":[\"b@example.com\"]},\"Content\":{\"Simple\":{\"Subject\":{\"Data\":\""
            + subject
            + "\"},\"Body\":{\"Text\":{\"Data\":\""
            + text
            + "\"}}}}}";
    assertThat(
            outbox
                .handle(
                    new AwsRequest(
                        "POST",
                        "/v2/email/outbound-emails",
                        Map.of(),
                        Map.of(),
                        body.getBytes(UTF_8)))
                .status())
        .isEqualTo(200);
  }

  @Test
  void theOldestMailsGoAndTheOutboxSaysHowMany() {
    for (int i = 0; i < 1005; i++) {
      send("mail " + i, "text");
    }
    assertThat(outbox.mails())
        .hasSize(1000)
        .first()
        .extracting(Outbox.Mail::subject)
        .isEqualTo("mail 5");
    assertThat(outbox.countForgotten()).isEqualTo(5);
  }

  @Test
  void longMailsAreBoundedTogether() {
    String megabyte = "x".repeat(1_000_000);
    for (int i = 0; i < 20; i++) {
      send("mail " + i, megabyte);
    }
    assertThat(outbox.mails())
        .hasSize(7)
        .last()
        .extracting(Outbox.Mail::subject)
        .isEqualTo("mail 19");
    assertThat(outbox.countForgotten()).isEqualTo(13);
  }
}
