package agentpost.cli.docs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** One that every delivery has. */
record DeliveryHeader(String name, String meaning) {
  static final DeliveryHeader SIGNATURE =
      new DeliveryHeader(
          "webhook-signature",
          "One signature for each live secret, with spaces between them: v1, and the base64 of"
              + " HMAC-SHA256 over webhook-id, a full stop, webhook-timestamp, a full stop and the"
              + " body's bytes (Standard Webhooks). The key is the secret's base64 after whsec_,"
              + " decoded. With signature: ed25519 it is v1a, and an Ed25519 signature of the"
              + " same.");

  static final List<DeliveryHeader> ALL =
      List.of(
          new DeliveryHeader(
              "webhook-id", "The event_id, the same on every attempt: ignore what you have seen."),
          new DeliveryHeader(
              "webhook-timestamp",
              "When this attempt was signed, in seconds since 1970. Refuse one that is more than"
                  + " 300 s from your clock."),
          SIGNATURE,
          new DeliveryHeader(
              "X-Webhook-Signature",
              "sha256= and the hex of HMAC-SHA256 over the body's bytes, keyed with the secret's"
                  + " text as it is. It signs no time: with it alone, refuse an event whose"
                  + " timestamp is over 25 h old. An agent with signature: ed25519 gets none."));

  static ObjectNode schema() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ALL.forEach(
        each ->
            properties
                .putObject(each.name())
                .put("type", "string")
                .put("description", each.meaning()));
    schema.putArray("required").add("webhook-id").add("webhook-timestamp").add(SIGNATURE.name());
    return schema;
  }
}
