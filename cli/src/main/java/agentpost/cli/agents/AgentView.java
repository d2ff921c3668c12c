package agentpost.cli.agents;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.terminal.DurationText;
import agentpost.health.Circuit;
import agentpost.health.Consent;
import agentpost.health.HealthRow;
import agentpost.health.HealthTable;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How an agent is, for people and scripts to read.
 *
 * @param place {@code hosted}, {@code external}, or {@code gone} if it is no longer in the catalog
 *     and has left something
 * @param circuit {@code off} if it has no breaker
 * @param since when the circuit opened, or closed again; nothing if it never opened
 * @param retrying events that wait for another attempt, if that is known
 * @param letters dead letters, if it has a queue
 * @param isAsked whether its owner is asked before the first event
 */
public record AgentView(
    String name,
    String place,
    String circuit,
    Optional<Instant> since,
    Optional<Integer> retrying,
    Optional<Integer> letters,
    boolean isAsked,
    Consent consent) {
  private static final String OPEN = "open";
  private static final String SLOW = "slow";
  private static final String GONE = "gone";
  private static final String EXTERNAL = "external";

  public static List<AgentView> findAll(AgentsOptions place) {
    Map<String, DeclaredAgent> declared = DeclaredAgent.findAll(place);
    if (declared.isEmpty()) {
      place.requireStack(place.stacks());
    }
    Map<String, HealthRow> rows = new TreeMap<>();
    place.health(HealthTable::rows).forEach((agent, row) -> rows.put(agent.value(), row));
    declared.keySet().forEach(name -> rows.putIfAbsent(name, HealthRow.EMPTY));
    Map<String, Integer> letters = place.letters();
    Optional<Map<String, Integer>> retrying = place.countRetrying();
    List<AgentView> agents = new ArrayList<>();
    rows.forEach(
        (name, row) -> {
          Optional<DeclaredAgent> entry = Optional.ofNullable(declared.get(name));
          Circuit circuit = Circuit.of(row);
          agents.add(
              new AgentView(
                  name,
                  entry.map(agent -> agent.isExternal() ? EXTERNAL : "hosted").orElse(GONE),
                  circuit.open().isPresent()
                      ? OPEN
                      : circuit.isSlow(place.now())
                          ? SLOW
                          : entry.filter(agent -> !agent.hasBreaker()).isPresent()
                              ? "off"
                              : "closed",
                  circuit.open().map(Circuit.Open::since).or(circuit::closedAt),
                  retrying.map(counts -> counts.getOrDefault(place.prefix() + "-" + name, 0)),
                  Optional.ofNullable(letters.get(name)),
                  entry.filter(DeclaredAgent::isAsked).isPresent(),
                  Consent.of(row)));
        });
    return agents;
  }

  String[] cells(Instant now, CloudOptions at) {
    return new String[] {
      name,
      place,
      circuit,
      since.map(time -> DurationText.of(Duration.between(time, now)) + " ago").orElse("-"),
      retrying.map(String::valueOf).orElse("?"),
      letters.map(String::valueOf).orElse("-"),
      state()
          .map(
              state ->
                  consent.isGone() ? state + "; " + at.nextCommand("agents resume " + name) : state)
          .orElse("")
    };
  }

  ObjectNode json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("agent", name)
            .put("place", place)
            .put("circuit", circuit);
    since.ifPresent(time -> json.put("circuit_since", time.toString()));
    retrying.ifPresent(count -> json.put("retrying", count));
    letters.ifPresent(count -> json.put("letters", count));
    state().ifPresent(state -> json.put("deliveries", state));
    consent
        .stop()
        .filter(stop -> stop.ended().isEmpty())
        .ifPresent(stop -> json.put("stopped_since", stop.since().toString()));
    return json;
  }

  /** What its owner said to deliveries; nothing of one that nobody has to ask. */
  public Optional<String> state() {
    Optional<Consent.Suspension> stop =
        consent
            .stop()
            .filter(
                one ->
                    one.ended().isEmpty()
                        && (one.reason() == Consent.Reason.GONE || !isNeverAsked()));
    if (stop.isPresent()) {
      return Optional.of(
          switch (stop.get().reason()) {
            case GONE -> "stopped: it answered 410 at " + stop.get().since();
            case UNVERIFIED -> "not answering the challenge since " + stop.get().since();
          });
    }
    if (consent.verifiedUrl().isPresent()) {
      return Optional.of("agreed");
    }
    return isAsked ? Optional.of("will be asked with the next event") : Optional.empty();
  }

  /** {@code challenge: off}: whatever came of a challenge before, deliveries go on. */
  private boolean isNeverAsked() {
    return place.equals(EXTERNAL) && !isAsked;
  }
}
