package agentpost.delivery;

import agentpost.event.EventId;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import java.time.Instant;
import java.util.Map;

/** One event on its way to an agent, for one attempt. It never shows the keys it signs with. */
public final class OutgoingEvent {
  private final EventId id;
  private final byte[] envelope;
  private final KeySet keys;
  private final Instant sentAt;

  OutgoingEvent(EventId id, byte[] envelope, KeySet keys, Instant sentAt) {
    this.id = id;
    this.envelope = envelope;
    this.keys = keys;
    this.sentAt = sentAt;
  }

  public EventId id() {
    return id;
  }

  /** The exact bytes that EventBridge sent. */
  public byte[] envelope() {
    return envelope.clone();
  }

  /**
   * The headers of Standard Webhooks and the plain one, over a body as it will be sent, by the
   * agent's live keys and as of now.
   */
  public Map<String, String> sign(byte[] body) {
    return new Signer(keys).sign(id.value(), sentAt, body);
  }
}
