package agentpost.cli.docs;

import agentpost.cli.events.EventCatalog;
import agentpost.cli.events.Subscription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * AsyncAPI 3.0.0 of a project: what the bus receives, one channel an event, and what is sent to
 * each agent, one channel an agent (asyncapi.com/docs/reference/specification/v3.0.0).
 */
final class AsyncApiDocument {
  /** Of HTTP bindings (github.com/asyncapi/bindings/blob/master/http/README.md). */
  private static final String HTTP_BINDING = "0.3.0";

  private final EventCatalog catalog;
  private final ObjectNode document = JsonNodeFactory.instance.objectNode();

  private AsyncApiDocument(EventCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * @param name of the project
   */
  static ObjectNode of(String name, EventCatalog catalog) {
    return new AsyncApiDocument(catalog).write(name);
  }

  private ObjectNode write(String name) {
    document.put("asyncapi", "3.0.0");
    document
        .putObject("info")
        .put("title", "Events of " + name)
        .put("version", "1.0.0")
        .put(
            "description",
            "Services put events on an EventBridge bus. Each agent receives those that it"
                + " subscribed to as signed webhooks.");
    document.put("defaultContentType", "application/json");
    ObjectNode servers = document.putObject("servers");
    servers
        .putObject("bus")
        .put("host", "events.{region}.amazonaws.com")
        .put("protocol", "https")
        .put("description", "EventBridge: PutEvents with the envelope as Detail.")
        .putObject("variables")
        .putObject("region")
        .put("description", "The stack's.");
    servers
        .putObject("agent")
        .put("host", "{host}")
        .put("protocol", "https")
        .put("description", "Each agent's own webhook.")
        .putObject("variables")
        .putObject("host")
        .put("description", "The agent's.");
    document.putObject("channels");
    document.putObject("operations");
    ObjectNode components = document.putObject("components");
    components.putObject("messages");
    components.putObject("schemas").set("deliveryHeaders", DeliveryHeader.schema());
    components
        .putObject("securitySchemes")
        .putObject("webhookSignature")
        .put("type", "httpApiKey")
        .put("name", "webhook-signature")
        .put("in", "header")
        .put("description", DeliveryHeader.SIGNATURE.meaning());
    catalog.events().forEach(this::addEvent);
    catalog.subscriptions().forEach(this::addAgent);
    return document;
  }

  private ObjectNode part(String... path) {
    ObjectNode found = document;
    for (String name : path) {
      found = found.withObjectProperty(name);
    }
    return found;
  }

  /** Of each major version the newest minor one, which all events of it are held to. */
  private static SortedMap<Integer, JsonNode> majors(EventCatalog.Event event) {
    SortedMap<Integer, JsonNode> majors = new TreeMap<>();
    event.schemas().forEach((version, schema) -> majors.put(version.major(), schema));
    return majors;
  }

  private static String message(EventCatalog.Event event, int major) {
    return event.type() + ".v" + major;
  }

  private void addEvent(EventCatalog.Event event) {
    ObjectNode channel = part("channels").putObject(event.type());
    channel.put("address", event.type()).put("title", event.title());
    channel.put("description", event.description());
    channel.putArray("servers").addObject().put("$ref", "#/servers/bus");
    event.publishers().forEach(channel.putArray("x-published-by")::add);
    majors(event)
        .forEach(
            (major, schema) -> {
              String name = message(event, major);
              channel
                  .withObjectProperty("messages")
                  .putObject(name)
                  .put("$ref", "#/components/messages/" + name);
              addMessage(event, major, schema);
            });
    ObjectNode operation = part("operations").putObject("receive." + event.type());
    operation.put("action", "receive");
    operation.putObject("channel").put("$ref", "#/channels/" + event.type());
    operation.put("summary", event.title());
  }

  private void addMessage(EventCatalog.Event event, int major, JsonNode schema) {
    String name = message(event, major);
    ModernSchema modern = new ModernSchema(each -> "#/components/schemas/" + name + "." + each);
    schema
        .path("definitions")
        .properties()
        .forEach(
            each ->
                part("components", "schemas")
                    .set(name + "." + each.getKey(), modern.convert(each.getValue())));
    part("components", "schemas").set(name, modern.convert(schema));
    ObjectNode message = part("components", "messages").putObject(name);
    message.put("name", event.type()).put("title", schema.path("title").asText());
    message.put("summary", schema.path("description").asText());
    message.put("contentType", "application/json");
    message.putObject("payload").put("$ref", "#/components/schemas/" + name);
    message
        .putObject("correlationId")
        .put("description", "The same in everything that one first event led to.")
        .put("location", "$message.payload#/metadata/correlation_id");
    ObjectNode http = message.putObject("bindings").putObject("http");
    http.putObject("headers").put("$ref", "#/components/schemas/deliveryHeaders");
    http.put("bindingVersion", HTTP_BINDING);
    event
        .examples()
        .forEach(
            (file, example) -> {
              if (example.at("/metadata/schema_version").asInt(1) == major) {
                message
                    .withArray("examples")
                    .addObject()
                    .put("name", file.replace(".json", ""))
                    .set("payload", example);
              }
            });
  }

  private void addAgent(Subscription subscription) {
    String agent = subscription.agent();
    String id = "agent." + agent;
    ObjectNode channel = part("channels").putObject(id);
    channel.putNull("address");
    channel.put("title", "The webhook of " + agent);
    channel.putArray("servers").addObject().put("$ref", "#/servers/agent");
    ObjectNode messages = channel.putObject("messages");
    for (EventCatalog.Event event : catalog.events()) {
      if (!subscription.conditions(event.type()).isEmpty()) {
        majors(event)
            .keySet()
            .forEach(
                major ->
                    messages
                        .putObject(message(event, major))
                        .put("$ref", "#/components/messages/" + message(event, major)));
      }
    }
    ObjectNode operation = part("operations").putObject("deliver." + agent);
    operation.put("action", "send");
    operation.putObject("channel").put("$ref", "#/channels/" + id);
    operation.put("summary", "Delivers to " + agent + " what matches its pattern.");
    operation
        .putArray("security")
        .addObject()
        .put("$ref", "#/components/securitySchemes/webhookSignature");
    operation
        .putObject("bindings")
        .putObject("http")
        .put("method", "POST")
        .put("bindingVersion", HTTP_BINDING);
    operation.set("x-event-pattern", subscription.pattern());
  }
}
