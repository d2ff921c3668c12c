package agentpost.local.nothinglost;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.local.nothinglost.Journal.Wrong;
import agentpost.publish.EventBridgePublisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.webhook.ClaimStore;
import agentpost.webhook.Inbox;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The agents' side: hosted ones, each behind its real inbox, and someone's own webhook that
 * remembers nothing.
 */
final class Agents {
  private static final EventSchemas SCHEMAS = EventSchemas.load();
  private static final List<Integer> LASTING = List.of(400, 403, 404, 410, 422);

  private final SimulatedDeployment world;
  private final Simulation simulation;
  private final Map<String, Inbox.Parts> parts = new HashMap<>();
  private final Map<String, Inbox> inboxes = new HashMap<>();
  private final EventCodec codec = new EventCodec();

  Agents(SimulatedDeployment world) {
    this.world = world;
    this.simulation = world.simulation();
    SecretStore secrets =
        new SecretStore(world.configuration().secrets(), simulation.functionsClock());
    for (Schedule.AgentPlan agent : world.schedule().agents()) {
      AgentName name = new AgentName(agent.name());
      Inbox.Parts made =
          new Inbox.Parts(
              name,
              event -> acted(agent, event),
              new WebhookKeyStore(secrets),
              Configuration.SECRET_PREFIX + name,
              SCHEMAS,
              new ClaimStore(
                  world.plant().tables(world.tables()),
                  SimulatedDeployment.CLAIMS,
                  name,
                  simulation.functionsClock()),
              world
                  .plant()
                  .publisher(
                      world,
                      name,
                      new EventBridgePublisher(
                          world.post().client(),
                          "agentpost",
                          _ ->
                              simulation
                                  .running()
                                  .ifPresent(process -> process.pause(Duration.ofMillis(100))))),
              simulation.functionsClock(),
              _ -> {});
      parts.put(agent.name(), made);
      inboxes.put(agent.name(), new Inbox(made));
    }
  }

  /** A request to an agent's own address, from whomever. */
  Response asked(Request request, Duration within, boolean forged) throws IOException {
    Schedule.AgentPlan agent =
        world.schedule().agent(request.path().substring("/webhooks/".length()));
    AgentMode mode = mode(agent);
    if (mode == AgentMode.DOWN || (mode == AgentMode.FLAPPING && simulation.dice().nextBoolean())) {
      simulation.journal().count("agent: " + mode);
      simulation.tell(() -> agent.name() + " is " + mode);
      throw new ConnectException("connection refused");
    }
    String name = agent.name() + " " + request.header("webhook-id").orElse("");
    return world
        .line()
        .call(
            agent.hosted()
                ? new UnreliableLink.Callee(
                    ProcessKind.INBOX, name, forged, () -> received(agent, request))
                : new UnreliableLink.Callee(
                    ProcessKind.EXTERNAL, name, forged, () -> takenOutside(agent, request)),
            within);
  }

  private AgentMode mode(Schedule.AgentPlan agent) {
    Duration passed = Duration.between(Simulation.START, simulation.now());
    return passed.compareTo(world.schedule().length()) < 0 ? agent.at(passed) : AgentMode.UP;
  }

  private Response received(Schedule.AgentPlan agent, Request request) {
    Program process = simulation.running().orElseThrow();
    Inbox inbox = Optional.ofNullable(inboxes.get(agent.name())).orElseThrow();
    Inbox.Parts its = Optional.ofNullable(parts.get(agent.name())).orElseThrow();
    Response response =
        world.plant().receive(its, inbox, request, process.kind().lifetime.orElseThrow());
    List<String> held =
        world
            .tables()
            .writtenBy(
                process,
                row ->
                    Optional.ofNullable(row.get("status"))
                        .filter(status -> "IN_PROGRESS".equals(status.s()))
                        .isPresent());
    if (!held.isEmpty() && !process.isDisturbed()) {
      simulation.violated(
          Wrong.HELD_BY_NOBODY,
          process + " has answered " + response.status() + " and still has a claim: " + held);
    }
    return response;
  }

  /** A hosted agent's own code. */
  private Outcome acted(Schedule.AgentPlan agent, Event event) {
    Program process = simulation.running().orElseThrow();
    String id = event.id().value();
    Ledger.Act act = world.ledger().begins(agent.name(), id, process);
    process.moment("before", "acting");
    AgentMode mode = mode(agent);
    simulation.journal().count("agent: " + mode);
    if (mode == AgentMode.FAILING) {
      act.givesUp();
      throw new IllegalStateException("a bug, or what it needs is down");
    }
    if (mode == AgentMode.REFUSING || world.schedule().isRefusedForGood(agent.name(), id)) {
      act.givesUp();
      return new Outcome.Refused("this agent does not take it");
    }
    if (mode == AgentMode.BUSY) {
      act.givesUp();
      return new Outcome.Retry(
          Duration.ofSeconds(simulation.dice().nextInt(1, 4000)), "in maintenance");
    }
    process.pause(work(mode, Duration.ofSeconds(14), Duration.ofSeconds(20)));
    world.ledger().effect(agent.name(), id);
    process.moment("after", "acting");
    act.ends();
    return new Outcome.Done(
        event.type().equals(Schedule.SIGN_UP) ? List.of(answer(agent, event)) : List.of(),
        "did it");
  }

  private Event answer(Schedule.AgentPlan agent, Event event) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("to", "ada@example.com")
            .put("template", "welcome")
            .put("message_id", "m-" + event.id());
    return world
        .plant()
        .answer(
            event.answer(
                new AgentName(agent.name()),
                Schedule.ANSWER,
                data,
                simulation.functionsClock().instant()),
            simulation);
  }

  private Duration work(AgentMode mode, Duration slow, Duration stuck) {
    return switch (mode) {
      // A little slow is slow for a redrive's time, very slow is slower than the relay waits.
      case SLOW ->
          simulation.dice().nextInt(5) < 3 ? millis(1_500, 4_300) : millis(4_600, slow.toMillis());
      case STUCK -> stuck;
      default -> millis(20, 1_500);
    };
  }

  private Duration millis(long least, long most) {
    return Duration.ofMillis(simulation.dice().nextLong(least, most));
  }

  /** An external agent's whole program: it verifies, acts and answers, each time it is asked. */
  private Response takenOutside(Schedule.AgentPlan agent, Request request) {
    Program process = simulation.running().orElseThrow();
    Verifier verifier =
        new Verifier(
            WebhookKeyStore.parse(Configuration.SECRET),
            simulation.functionsClock(),
            Verifier.DEFAULT_TOLERANCE);
    Optional<EventId> id = codec.idOf(request.body());
    if (!(verifier.verify(request.headers(), request.body()) instanceof Verification.Accepted)
        || id.isEmpty()) {
      return Response.json(403, "{}");
    }
    AgentMode mode = mode(agent);
    simulation.journal().count("agent: " + mode);
    if (mode == AgentMode.FAILING) {
      return Response.json(List.of(500, 429, 401, 302).get(simulation.dice().nextInt(4)), "{}");
    }
    if (mode == AgentMode.REFUSING
        || world.schedule().isRefusedForGood(agent.name(), id.get().value())) {
      return Response.json(LASTING.get(simulation.dice().nextInt(LASTING.size())), "{}");
    }
    if (mode == AgentMode.BUSY) {
      // A negative Retry-After tells EventBridge not to try again.
      return new Response(
          503,
          Map.of("Retry-After", Integer.toString(simulation.dice().nextInt(-300, 4000))),
          new byte[0]);
    }
    Ledger.Act act = world.ledger().begins(agent.name(), id.get().value(), process);
    process.pause(work(mode, Duration.ofSeconds(100), Duration.ofSeconds(150)));
    world.ledger().effect(agent.name(), id.get().value());
    act.ends();
    return Response.json(200, "{}");
  }
}
