package agentpost.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import agentpost.signing.WebhookSecret;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One signed webhook, as a sender of Standard Webhooks makes it. */
record Webhook(String id, Instant sentAt, byte[] body, Map<String, List<String>> headers) {
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  static final KeySet KEYS = KeySet.of(WebhookSecret.of(SECRET));
  static final String ID = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";

  /**
   * @param bytes of the body, which is an event with as long a text in its data as that takes
   */
  static Webhook of(int bytes) {
    Instant now = Instant.now();
    String event =
        """
        {"event_id":"%s","event_type":"information.provided","timestamp":"%s",\
        "data":{"about":{"type":"lead","id":"lead-2"},\
        "values":{"time_zone":"America/New_York","company_size":250,"notes":"%s"},\
        "basis":"the company's site"},\
        "metadata":{"source_service":"research_agent","correlation_id":"corr-9876"}}\
        """;
    int rest = bytes - event.formatted(ID, now, "").getBytes(UTF_8).length;
    byte[] body = event.formatted(ID, now, "x".repeat(Math.max(0, rest))).getBytes(UTF_8);
    Map<String, List<String>> headers = new HashMap<>();
    new Signer(KEYS)
        .standard(ID, now, body)
        .forEach((name, value) -> headers.put(name, List.of(value)));
    return new Webhook(ID, now, body, headers);
  }
}
