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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** SES v2's SendEmail: nothing is sent, everything can be read at {@code /_agentpost/outbox}. */
public final class Outbox implements AwsService {
  private static final int MOST = 1_000;

  /**
   * One mail that was sent.
   *
   * @param to addresses, with commas between them
   * @param text empty if there is only {@code html}
   */
  public record Mail(String id, String from, String to, String subject, String text, String html) {}

  private final ConcurrentLinkedDeque<Mail> mails = new ConcurrentLinkedDeque<>();
  private final AtomicLong count = new AtomicLong();
  private final RestService service = new RestService("ses", RequestModel.read(Outbox.class, "requests.json"), Map.of("SendEmail", this::send));

  public List<Mail> mails() {
    return List.copyOf(mails);
  }

  public RestService service() {
    return service;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    return service.handle(request);
  }

  private AwsResponse send(ObjectNode input) {
    JsonNode simple = input.path("Content").path("Simple");
    if (!simple.isObject()) {
      throw AwsException.badRequest("BadRequestException", "The local cloud takes Content.Simple only");
    }
    Mail mail =
        new Mail(
            UUID.randomUUID().toString(),
            input.path("FromEmailAddress").asText(),
            input.path("Destination").path("ToAddresses").valueStream().map(JsonNode::asText).collect(Collectors.joining(", ")),
            simple.path("Subject").path("Data").asText(),
            simple.path("Body").path("Text").path("Data").asText(),
            simple.path("Body").path("Html").path("Data").asText());
    mails.add(mail);
    // The deque's own size is a walk through it.
    if (count.incrementAndGet() > MOST) {
      mails.poll();
    }
    return RestService.json(200, JsonNodeFactory.instance.objectNode().put("MessageId", mail.id()));
  }
}
