package agentpost.local.email;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.RequestModel;
import agentpost.local.wire.RestService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** SES v2's SendEmail: nothing is sent, everything can be read at {@code /_agentpost/outbox}. */
public final class Outbox implements AwsService {
  private static final int MAX_MAILS = 1_000;

  /** Of all mails together: one may have megabytes. */
  private static final long MAX_CHARACTERS = 8_000_000;

  /**
   * One mail that was sent.
   *
   * @param to addresses, with commas between them
   * @param text empty if there is only {@code html}
   */
  public record Mail(String id, String from, String to, String subject, String text, String html) {
    private long characters() {
      return (long) from.length() + to.length() + subject.length() + text.length() + html.length();
    }
  }

  private final ArrayDeque<Mail> mails = new ArrayDeque<>();
  private final RestService service =
      new RestService(
          "ses", RequestModel.read(Outbox.class, "requests.json"), Map.of("SendEmail", this::send));
  private long characters;
  private long forgotten;

  public synchronized List<Mail> mails() {
    return List.copyOf(mails);
  }

  public RestService service() {
    return service;
  }

  /** How many are not kept any more: the oldest. */
  public synchronized long countForgotten() {
    return forgotten;
  }

  /** The newest is kept, however long it is. */
  private synchronized void add(Mail mail) {
    mails.add(mail);
    characters += mail.characters();
    while (mails.size() > 1 && (mails.size() > MAX_MAILS || characters > MAX_CHARACTERS)) {
      characters -= mails.remove().characters();
      forgotten++;
    }
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    return service.handle(request);
  }

  private AwsResponse send(ObjectNode input) {
    JsonNode simple = input.path("Content").path("Simple");
    if (!simple.isObject()) {
      throw AwsException.badRequest(
          "BadRequestException", "The local cloud takes Content.Simple only");
    }
    Mail mail =
        new Mail(
            UUID.randomUUID().toString(),
            input.path("FromEmailAddress").asText(),
            input
                .path("Destination")
                .path("ToAddresses")
                .valueStream()
                .map(JsonNode::asText)
                .collect(Collectors.joining(", ")),
            simple.path("Subject").path("Data").asText(),
            simple.path("Body").path("Text").path("Data").asText(),
            simple.path("Body").path("Html").path("Data").asText());
    add(mail);
    return RestService.json(200, JsonNodeFactory.instance.objectNode().put("MessageId", mail.id()));
  }
}
