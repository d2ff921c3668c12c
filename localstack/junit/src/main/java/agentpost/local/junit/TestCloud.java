package agentpost.local.junit;

import agentpost.catalog.Directory;
import agentpost.catalog.ResourceNames;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.event.EventReader;
import agentpost.local.LocalCloudOptions;
import agentpost.local.email.Outbox;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.JsonTree;
import agentpost.signing.SigningKey;
import agentpost.signing.WebhookSecret;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** One test's cloud: puts events, tells what became of them, makes agents fail, moves the clock. */
public final class TestCloud {
  private static final JsonMapper JSON = JsonMapper.builder().addModule(JsonTree.module()).build();
  private static final int NO_CONTENT = 204;
  private static final String SENDER = "test";
  private static final EventReader READER = new EventReader(EventSchemas.load());
  private final agentpost.local.LocalCloud running;
  private volatile boolean ended;
  private volatile Duration patience;
  private final EventJournal happenings = new EventJournal();
  private final Map<String, TestAgent> agents = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();

  private TestCloud(agentpost.local.LocalCloud cloud, Duration patience) {
    this.running = cloud;
    this.patience = patience;
    cloud.listen(
        happening -> {
          agents.values().forEach(agent -> agent.onEvent(happening));
          happenings.add(happening);
        });
  }

  static TestCloud start(AgentpostTest settings, Path template) throws Exception {
    if (settings.patience() < 1) {
      throw new IllegalArgumentException(
          "patience must be 1 s or more; got " + settings.patience());
    }
    agentpost.local.LocalCloud cloud =
        agentpost.local.LocalCloud.start(
            new LocalCloudOptions(0, settings.timeScale(), settings.jitterSeed()));
    try {
      cloud.deploy(template);
      TestCloud started = new TestCloud(cloud, Duration.ofSeconds(settings.patience()));
      started.meetAgents();
      return started;
    } catch (RuntimeException e) {
      cloud.close();
      throw e;
    }
  }

  /** Where the AWS CLI or another process on this machine reaches it. */
  public URI endpoint() {
    return cloud().endpoint();
  }

  /**
   * The template's outputs, as this machine can use them: {@code BusName}, {@code ApiUrl} and what
   * else there is.
   */
  public Map<String, String> outputs() {
    return cloud().outputs().values().stream()
        .filter(outputs -> outputs.containsKey("ApiUrl"))
        .findFirst()
        .orElse(Map.of());
  }

  public String busName() {
    return outputs().getOrDefault("BusName", ResourceNames.PRODUCT);
  }

  /** Builds a client of the AWS SDK for this cloud, from its builder. */
  public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C client(B builder) {
    return cloud().clients(SENDER).create(builder);
  }

  /** As the extension has it: what a client's static {@code builder()} gave. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // The SDK's synchronous builders are all both.
  SdkClient client(Object builder) {
    return (SdkClient)
        cloud().clients(SENDER).create((AwsClientBuilder & AwsSyncClientBuilder) builder);
  }

  /**
   * An agent by its name: the catalog's, or one to be added with {@link TestAgent#hears} or {@link
   * TestAgent#hearsPattern}. Whatever else is asked of one that is neither there nor added fails at
   * once, naming those there are.
   */
  public TestAgent agent(String name) {
    return agents.computeIfAbsent(name, _ -> TestAgent.hosted(name, this, false));
  }

  /** Those that the catalog has and those that were added, by their names' order. */
  Set<String> knownAgents() {
    return agents.values().stream()
        .filter(TestAgent::isKnown)
        .map(TestAgent::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** From the start, so that what reaches them before a test names them is not lost on it. */
  private void meetAgents() {
    String directory = new ResourceNames(busName()).agentDirectory();
    try (SecretsManagerClient secrets = client(SecretsManagerClient.builder())) {
      Map<URI, StubQueue> webhooks = new HashMap<>();
      Directory.read(secrets.getSecretValue(get -> get.secretId(directory)).secretString())
          .forEach(
              (name, entry) ->
                  agents.put(
                      name,
                      entry.has("external")
                          ? TestAgent.external(
                              name,
                              this,
                              webhooks.computeIfAbsent(
                                  URI.create(entry.path("endpoint").asText()), this::standIn))
                          : TestAgent.hosted(name, this, true)));
    } catch (ResourceNotFoundException _) {
      // A template without agents has no directory.
    }
  }

  private StubQueue standIn(URI webhook) {
    StubQueue answers = new StubQueue(_ -> Optional.of(TestAgent.empty(NO_CONTENT)));
    cloud().standIn(webhook, answers);
    return answers;
  }

  /**
   * Puts an event with a new id, at this cloud's time, from the service {@code test}.
   *
   * @param data JSON object
   * @return its id
   * @throws IllegalArgumentException if {@code ./agentpost put} would refuse it too: with each
   *     place that is not as the event's schema has it, as a JSON Pointer
   */
  public String put(String eventType, String data) {
    try {
      if (!(JSON.readTree(data) instanceof ObjectNode object)) {
        throw new IllegalArgumentException("The data of an event is a JSON object");
      }
      Event event =
          new Event(
              new EventId(UUID.randomUUID().toString()),
              eventType,
              now(),
              object,
              new Event.Metadata(
                  SENDER, new CorrelationId(UUID.randomUUID().toString()), Optional.empty(), 1));
      return put(event);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The data of an event is a JSON object: " + e.getOriginalMessage(), e);
    }
  }

  private static String requireValid(Event event) {
    String json = new EventCodec().write(event);
    return switch (READER.read(json)) {
      case EventReader.Reading.Valid _ -> json;
      case EventReader.Reading.NotJson(var why) ->
          throw new IllegalArgumentException("This " + event.type() + " is not put: " + why);
      case EventReader.Reading.Invalid(var validation) ->
          throw new IllegalArgumentException(
              "This "
                  + event.type()
                  + " is not put, as ./agentpost put would not: "
                  + validation.problem()
                  + ". To put what no schema has, take an EventBridgeClient");
    };
  }

  private String put(Event event) {
    PutEventsRequestEntry entry =
        PutEventsRequestEntry.builder()
            .eventBusName(busName())
            .source(event.metadata().sourceService())
            .detailType(event.type())
            .time(event.timestamp())
            .detail(requireValid(event))
            .build();
    try (EventBridgeClient events = client(EventBridgeClient.builder())) {
      PutEventsResultEntry result =
          events.putEvents(put -> put.entries(entry)).entries().getFirst();
      if (result.errorCode() != null) {
        throw new IllegalArgumentException(
            "The event was not taken: " + result.errorCode() + ": " + result.errorMessage());
      }
      return event.id().value();
    }
  }

  /**
   * Waits until an event of a type was on the bus, whoever put it, and gives the first one's
   * envelope.
   *
   * @throws AssertionError telling what happened instead, if there is none within the patience
   */
  public JsonNode awaitEvent(String eventType) {
    return await(
        "event of type " + eventType + " on the bus",
        () ->
            envelopes().stream()
                .filter(envelope -> envelope.path("event_type").asText().equals(eventType))
                .findFirst());
  }

  /** Waits until an event caused by another was on the bus: what an agent answered it with. */
  public JsonNode awaitAnswer(String eventType, String causeId) {
    return await(
        "event of type " + eventType + " caused by " + causeId,
        () ->
            envelopes().stream()
                .filter(
                    envelope ->
                        envelope.path("event_type").asText().equals(eventType)
                            && envelope
                                .path("metadata")
                                .path("causation_id")
                                .asText()
                                .equals(causeId))
                .findFirst());
  }

  /** Every envelope that was on the bus so far, from the bus's log of all events. */
  public List<JsonNode> envelopes() {
    return cloud().logLines("/aws/events/" + busName()).stream().map(TestCloud::detail).toList();
  }

  private static JsonNode detail(String event) {
    try {
      return JSON.readTree(event).path("detail");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The bus's log holds events", e);
    }
  }

  /** The cloud's time: what deadlines, schedules and waits go by. */
  public Instant now() {
    return cloud().now();
  }

  /**
   * Moves the cloud's clock. What falls due on the way, be it a retry, a schedule or a deadline,
   * happens at its own time and in its order, with all that it leads to: before the clock moves on,
   * what has begun has ended. Sockets and signatures keep the wall's time, and so does the
   * visibility of queues' messages.
   *
   * @throws IllegalStateException naming what has not ended, if nothing does within the patience
   */
  public void advance(Duration by) {
    cloud().advance(by, patience);
  }

  /** E-mails that were sent through SES. */
  public List<Outbox.Mail> mails() {
    return cloud().outbox();
  }

  /** How long the awaits of this test wait from now on, on the wall's clock. */
  public void waitsAtMost(Duration most) {
    patience = most;
  }

  /** What became of the events so far. */
  public List<DeliveryEvent> happenings() {
    return happenings.findAll();
  }

  /**
   * Waits for anything that these events lead to.
   *
   * @param what named in the failure
   * @param look asked again whenever something happens, and every 50 ms
   */
  public <T> T await(String what, Supplier<Optional<T>> look) {
    return happenings.await(what, patience, look);
  }

  boolean isOfType(String eventId, String eventType) {
    return happenings().stream()
        .anyMatch(
            happening ->
                happening instanceof DeliveryEvent.EventAccepted accepted
                    && accepted.eventId().equals(eventId)
                    && accepted.detailType().equals(eventType));
  }

  String secretOf(String agent) {
    try (SecretsManagerClient secrets = client(SecretsManagerClient.builder())) {
      String text =
          secrets
              .getSecretValue(
                  get -> get.secretId(new ResourceNames(busName()).webhookSecret(agent)))
              .secretString();
      String current = text.startsWith("{") ? JSON.readTree(text).path("current").asText() : text;
      return SigningKey.of(current) instanceof WebhookSecret && !current.startsWith("whsec_")
          ? "whsec_" + current
          : current;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The secret of " + agent + " is neither text nor JSON", e);
    }
  }

  /** The API's address as the cloud's own parts know it. */
  String publicApi() {
    return cloud().templateOutputs().values().stream()
        .map(outputs -> outputs.getOrDefault("ApiUrl", ""))
        .filter(url -> !url.isEmpty())
        .findFirst()
        .orElseThrow();
  }

  SecureRandom random() {
    return random;
  }

  agentpost.local.LocalCloud cloud() {
    if (ended) {
      throw new IllegalStateException(
          "This cloud ended with its test; every test takes its own, as a parameter of the test or"
              + " of @BeforeEach");
    }
    return running;
  }

  void close() {
    ended = true;
    running.close();
  }
}
