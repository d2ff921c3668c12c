package agentpost.local.email;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/** SES v2's SendEmail: nothing is sent, everything can be read at {@code /_agentpost/outbox}. */
public final class Outbox implements AwsService {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST = 1_000;

  /** One mail that was sent. */
  public record Mail(String id, String from, String to, String subject, String text) {}

  private final ConcurrentLinkedDeque<Mail> mails = new ConcurrentLinkedDeque<>();
  private final AtomicLong count = new AtomicLong();

  public List<Mail> mails() {
    return List.copyOf(mails);
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    if (!request.method().equals("POST") || !request.path().equals("/v2/email/outbound-emails")) {
      return error(404, "UnknownOperationException", "The local cloud does not support SES " + request.method() + " " + request.path());
    }
    JsonNode input;
    try {
      input = JSON.readTree(request.body());
    } catch (IOException e) {
      return error(400, "BadRequestException", "The request's body is not JSON");
    }
    JsonNode simple = input.path("Content").path("Simple");
    if (!simple.isObject()) {
      return error(400, "BadRequestException", "The local cloud takes Content.Simple only");
    }
    Mail mail =
        new Mail(
            UUID.randomUUID().toString(),
            input.path("FromEmailAddress").asText(),
            Optional.ofNullable(input.path("Destination").path("ToAddresses").get(0)).map(JsonNode::asText).orElse(""),
            simple.path("Subject").path("Data").asText(),
            simple.path("Body").path("Text").path("Data").asText());
    mails.add(mail);
    // The deque's own size is a walk through it.
    if (count.incrementAndGet() > MOST) {
      mails.poll();
    }
    return json(200, JsonNodeFactory.instance.objectNode().put("MessageId", mail.id()));
  }

  private static AwsResponse error(int status, String code, String message) {
    AwsResponse plain = json(status, JsonNodeFactory.instance.objectNode().put("message", message));
    return new AwsResponse(status, Map.of("Content-Type", "application/json", "x-amzn-ErrorType", code), plain.body());
  }

  private static AwsResponse json(int status, JsonNode body) {
    return new AwsResponse(status, Map.of("Content-Type", "application/json"), body.toString().getBytes(UTF_8));
  }
}
