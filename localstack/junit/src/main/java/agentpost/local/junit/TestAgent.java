package agentpost.local.junit;

import agentpost.catalog.AgentName;
import agentpost.event.EventCodec;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.wire.AwsResponse;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * An agent as a test sees it: one of the catalog's, whose function runs unless the test says what
 * it answers; an external one of the catalog's, which answers its challenge, and events with 204
 * unless it is told otherwise; or one that the test adds, which answers 200.
 */
public final class TestAgent {
  private static final int OK = 200;
  private static final int MULTIPLE_CHOICES = 300;
  private final String name;
  private final TestCloud cloud;
  private final StubQueue answers;
  private final AtomicBoolean known;

  /** Looked up now: deliveries that are under way when the cloud ends are told of, too. */
  private final String rule;

  private TestAgent(String name, TestCloud cloud, StubQueue answers, boolean known) {
    this.name = name;
    this.cloud = cloud;
    this.answers = answers;
    this.known = new AtomicBoolean(known);
    this.rule = cloud.busName() + "-" + name;
  }

  /** One whose webhook is behind the API, be it there already or to be added. */
  static TestAgent hosted(String name, TestCloud cloud, boolean known) {
    StubQueue answers = new StubQueue(_ -> Optional.empty());
    cloud.cloud().standIn("/webhooks/" + name, answers);
    return new TestAgent(name, cloud, answers, known);
  }

  /**
   * One of the catalog's whose webhook is elsewhere.
   *
   * @param answers of its URL, which other agents may have too
   */
  static TestAgent external(String name, TestCloud cloud, StubQueue answers) {
    cloud
        .cloud()
        .standIn(
            "/deliveries/" + name,
            request -> {
              new EventCodec().idOf(request.body()).ifPresent(id -> answers.begin(id.value()));
              return Optional.empty();
            });
    return new TestAgent(name, cloud, answers, true);
  }

  static AwsResponse empty(int status) {
    return new AwsResponse(status, Map.of(), new byte[0]);
  }

  /** So that no request is taken for one of a delivery that is over. */
  void onEvent(DeliveryEvent happening) {
    if (happening instanceof DeliveryEvent.AttemptMade made && made.rule().equals(rule)) {
      answers.end(made.eventId());
    }
  }

  /**
   * Adds the agent to the running cloud as the template would: its rule, API destination through
   * the relay, dead-letter queue and secret. Its webhook takes everything with 200 and {@link
   * #received keeps} it.
   *
   * @param eventTypes that it subscribes to
   */
  public TestAgent hears(String... eventTypes) {
    return hearsPattern(
        "{\"detail-type\":["
            + Arrays.stream(eventTypes)
                .map(type -> "\"" + type + "\"")
                .collect(Collectors.joining(","))
            + "]}");
  }

  /** As {@link #hears}, by an EventBridge pattern on the whole event. */
  public TestAgent hearsPattern(String pattern) {
    if (!known.compareAndSet(false, true)) {
      throw new IllegalStateException(
          name
              + " was added already, by the catalog or by this test, and hears what it was added"
              + " with; a new agent needs another name");
    }
    try {
      new AgentName(name);
      AgentInstaller.subscribe(cloud, name, pattern);
    } catch (RuntimeException e) {
      known.set(false);
      throw e;
    }
    answers.setDefault(_ -> Optional.of(empty(OK)));
    return this;
  }

  boolean isKnown() {
    return known.get();
  }

  String name() {
    return name;
  }

  private TestAgent requireKnown() {
    if (!isKnown()) {
      throw new IllegalArgumentException(
          "There is no agent "
              + name
              + "; there are "
              + cloud.knownAgents()
              + ", and agent(\""
              + name
              + "\").hears(…) adds it");
    }
    return this;
  }

  /**
   * Passes what arrives, be it a challenge, on to a webhook that runs elsewhere on this machine,
   * and its answer back: for code under test with a server of its own.
   */
  public TestAgent at(URI webhook) {
    requireKnown().answers.forwardTo(new ForwardingStub(webhook));
    return this;
  }

  /** Has the webhook answer this from now on, after what it was told before is used up. */
  public Answer answers(int status) {
    return requireKnown().answers.add(status);
  }

  /** The webhook answers as usual again. */
  public void recovers() {
    requireKnown().answers.forget();
  }

  /** Every request that reached the webhook, whatever it answered. */
  public List<ReceivedRequest> received() {
    return requireKnown().answers.receivedRequests();
  }

  /** The secret that deliveries to it are signed with, {@code whsec_…}. */
  public String secret() {
    return cloud.secretOf(requireKnown().name);
  }

  /** Waits until the agent answered 2xx to an event, and gives that request. */
  public ReceivedRequest awaitEvent(String eventId) {
    return requireKnown()
        .cloud
        .await(
            "2xx of " + name + " to event " + eventId,
            () ->
                cloud.happenings().stream()
                    .filter(happening -> isTaken(happening, eventId))
                    .findFirst()
                    .map(_ -> last(eventId)));
  }

  /** Waits until the agent answered 2xx to an event of a type, the oldest of which it gives. */
  public ReceivedRequest awaitType(String eventType) {
    return requireKnown()
        .cloud
        .await(
            "2xx of " + name + " to an event of type " + eventType,
            () ->
                cloud.happenings().stream()
                    .filter(
                        happening ->
                            isTaken(happening, happening.eventId())
                                && cloud.isOfType(happening.eventId(), eventType))
                    .findFirst()
                    .map(happening -> last(happening.eventId())));
  }

  /**
   * Waits until EventBridge gave up on an event for this agent; the letter is in its dead-letter
   * queue then.
   */
  public DeliveryEvent.DeadLettered awaitDeadLetter(String eventId) {
    return requireKnown()
        .cloud
        .await(
            "dead letter of event " + eventId + " for " + name,
            () ->
                cloud.happenings().stream()
                    .filter(
                        happening ->
                            happening instanceof DeliveryEvent.DeadLettered letter
                                && letter.rule().equals(rule)
                                && letter.eventId().equals(eventId))
                    .map(DeliveryEvent.DeadLettered.class::cast)
                    .findFirst());
  }

  /** How often EventBridge tried to deliver an event to this agent so far. */
  public int attempts(String eventId) {
    return (int)
        requireKnown().cloud.happenings().stream()
            .filter(
                happening ->
                    happening instanceof DeliveryEvent.AttemptMade made
                        && made.rule().equals(rule)
                        && made.eventId().equals(eventId))
            .count();
  }

  private boolean isTaken(DeliveryEvent happening, String eventId) {
    return happening instanceof DeliveryEvent.AttemptMade made
        && made.rule().equals(rule)
        && made.eventId().equals(eventId)
        && made.status().filter(status -> status >= OK && status < MULTIPLE_CHOICES).isPresent();
  }

  private ReceivedRequest last(String eventId) {
    return received().stream()
        .filter(one -> one.eventId().equals(eventId))
        .reduce((_, later) -> later)
        .orElseThrow(
            () ->
                new AssertionError(
                    name
                        + " took the event "
                        + eventId
                        + ", and which request was its cannot be told: several came at once, and"
                        + " its dialect sends no webhook-id. Put one event after the other, or look"
                        + " at received()"));
  }
}
