package agentpost.delivery;

import java.util.LinkedHashMap;
import java.util.Map;

/** The envelope, posted as it is and signed by Standard Webhooks; HTTP says what answers mean. */
public final class WebhookDialect implements Dialect {
  @Override
  public String name() {
    return "webhook";
  }

  @Override
  public OutgoingRequest request(OutgoingEvent event) {
    byte[] envelope = event.envelope();
    return new OutgoingRequest(headers(event.sign(envelope)), envelope);
  }

  /** What every request to an agent has that speaks this dialect. */
  static Map<String, String> headers(Map<String, String> signatures) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json; charset=utf-8");
    headers.put("User-Agent", "agentpost-relay");
    headers.putAll(signatures);
    return headers;
  }
}
