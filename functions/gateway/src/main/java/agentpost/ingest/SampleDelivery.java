package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.FieldLocator;
import agentpost.catalog.HmacFormat;
import agentpost.event.Event;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Digest;
import agentpost.signing.Hmac;
import agentpost.signing.Signer;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A delivery as a source would send it, signed by its secret, for whoever wants to see that one
 * becomes an event.
 *
 * @param event that it becomes, timestamp aside
 */
public record SampleDelivery(Map<String, String> headers, byte[] body, Event event) {

  /**
   * @param source that has a mapping of the type
   * @param secret its current one
   * @param type where the source's payloads say what they are about
   * @param id of the delivery, where they say that
   * @param content what else is in the payload
   * @return nothing if its sender alone knows how it is signed or written
   */
  public static Optional<SampleDelivery> of(
      Source source,
      String secret,
      String type,
      String id,
      ObjectNode content,
      EventSchemas schemas,
      Clock clock) {
    Map<String, String> headers = new LinkedHashMap<>(Map.of("Content-Type", "application/json"));
    ObjectNode payload = content.deepCopy();
    place(source.type(), type, headers, payload);
    source.delivery().ifPresent(where -> place(where, id, headers, payload));
    byte[] body =
        source
            .each()
            .map(where -> inList(where, payload))
            .orElse(payload)
            .toString()
            .getBytes(UTF_8);
    SourceVerifier verifier =
        source
            .scheme()
            .verifier(
                List.of(secret), new TimestampPolicy(clock, TimestampPolicy.DEFAULT_TOLERANCE));
    return sign(verifier, secret, id, body, clock, headers)
        ? event(source, verifier, headers, body, payload, new Translator(schemas, clock))
            .map(event -> new SampleDelivery(headers, body, event))
        : Optional.empty();
  }

  private static void place(
      FieldLocator where, String text, Map<String, String> headers, ObjectNode payload) {
    switch (where) {
      case FieldLocator.Header(var name) -> headers.put(name, text);
      case FieldLocator.Body(var pointer) ->
          place(pointer, JsonNodeFactory.instance.textNode(text), payload);
    }
  }

  private static void place(JsonPointer where, JsonNode value, ObjectNode payload) {
    payload.withObject(where.head()).set(where.last().getMatchingProperty(), value);
  }

  private static JsonNode inList(JsonPointer where, ObjectNode payload) {
    JsonNode list = JsonNodeFactory.instance.arrayNode().add(payload);
    if (where.matches()) {
      return list;
    }
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    place(where, list, all);
    return all;
  }

  /** Whether it could be: a provider that a project brings knows alone how it signs. */
  private static boolean sign(
      SourceVerifier verifier,
      String secret,
      String id,
      byte[] body,
      Clock clock,
      Map<String, String> headers) {
    return switch (verifier) {
      case HmacVerifier(var format, _, _) -> {
        String time = format.unit().write(clock.instant());
        format.timestampHeader().ifPresent(name -> headers.put(name, time));
        headers.put(format.header(), signature(format, secret, time, body));
        yield true;
      }
      case StandardVerifier _ -> {
        headers.putAll(
            new Signer(WebhookKeyStore.parse(secret)).standard(id, clock.instant(), body));
        yield true;
      }
      default -> false;
    };
  }

  private static String signature(HmacFormat format, String secret, String time, byte[] body) {
    return format.prefix()
        + format
            .encoding()
            .write(
                Hmac.of(
                    format.algorithm().macName(),
                    secret.getBytes(UTF_8),
                    format.signed().parts(time, body)));
  }

  /** By the code of the door itself, so a signature that it would refuse gives nothing. */
  private static Optional<Event> event(
      Source source,
      SourceVerifier verifier,
      Map<String, String> headers,
      byte[] body,
      JsonNode payload,
      Translator translator) {
    Map<String, List<String>> sent = new LinkedHashMap<>();
    headers.forEach((name, value) -> sent.put(name, List.of(value)));
    SignedRequest request = new SignedRequest(source.url(), sent, body);
    if (!(verifier.verify(request) instanceof SourceVerification.Accepted(var known))) {
      return Optional.empty();
    }
    String id = known.orElseGet(() -> Digest.sha256Hex(verifier.signedContent(request)));
    String type = new FieldReader(request, payload).findText(source.type()).orElse("");
    Element element =
        new Element(
            new Ingest.Delivery(source, request, id, Duration.ZERO),
            payload,
            type,
            source.each().isPresent() ? OptionalInt.of(1) : OptionalInt.empty());
    return translator.translate(element) instanceof Translator.Translation.Translated(var event)
        ? Optional.of(event)
        : Optional.empty();
  }
}
