package agentpost.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;

/**
 * What an agent's directory entry says beside its endpoint: the CDK app writes it, the relay, the
 * recovery and the redrive read it. What is not there is off, so that an older entry still
 * delivers; what is there and is not understood makes the entry unusable.
 *
 * @param rate deliveries a second at most
 * @param inFlight attempts under way at a time at most; nothing in an entry of before there was a
 *     bound
 * @param breaker when to stop asking it; nothing if never
 * @param recovery how its dead letters go out by themselves; nothing if they do not
 * @param external nothing if it is hosted here
 * @param signature name of the scheme that its deliveries are signed by
 * @param maxAge how old an event becomes before EventBridge gives it up; as old as may be in an
 *     entry of before it was there
 */
public record AgentSettings(
    int rate,
    OptionalInt inFlight,
    Optional<BreakerPolicy> breaker,
    Optional<RecoveryPolicy> recovery,
    Optional<External> external,
    String signature,
    Duration maxAge) {
  /** A rate is 1 to 300 by default quota. */
  public static final int MAX_RATE = 300;

  /**
   * A tenth of the concurrent executions that an account usually has: one agent that is slow leaves
   * the relay's others to the others.
   */
  public static final int DEFAULT_IN_FLIGHT = 100;

  public static final int MAX_IN_FLIGHT = 1000;

  /** EventBridge's MaximumEventAgeInSeconds is 60 to 86400. */
  public static final Duration MAX_AGE = Duration.ofHours(24);

  /** What signs if nothing is said: a secret that both sides hold. */
  public static final String DEFAULT_SIGNATURE = "hmac";

  /** What an external agent speaks if nothing is said: the envelope, posted as it is. */
  public static final String DEFAULT_DIALECT = "webhook";

  private static final int DEFAULT_RATE = 10;

  /**
   * @param isAsked whether a challenge precedes the first event
   * @param dialect name of the way in which it takes events
   */
  public record External(boolean isAsked, String dialect) {}

  /**
   * Reads strictly: a word that is not understood could be the one that has an agent's URL looked
   * at, or asked.
   *
   * @param entry with its endpoint
   * @param signatures names of the schemes that there are
   * @param dialects names of the dialects that there are
   * @throws IllegalArgumentException saying everything that is wrong with it
   */
  public static AgentSettings read(
      JsonNode entry, SortedSet<String> signatures, SortedSet<String> dialects) {
    if (!entry.isObject()) {
      throw new IllegalArgumentException("it must be a JSON object");
    }
    List<String> problems = new ArrayList<>();
    refuseNulls("", entry, problems);
    CatalogNode node =
        CatalogNode.of(
            "",
            entry,
            problems,
            "endpoint",
            "rate",
            "inFlight",
            "breaker",
            "recovery",
            "external",
            "signature",
            "maxAge");
    AgentSettings settings =
        new AgentSettings(
            node.integer("rate", 1, MAX_RATE, DEFAULT_RATE),
            node.get("inFlight").isPresent()
                ? OptionalInt.of(node.integer("inFlight", 1, MAX_IN_FLIGHT, DEFAULT_IN_FLIGHT))
                : OptionalInt.empty(),
            BreakerPolicy.fromEntry(node),
            RecoveryPolicy.fromEntry(node),
            node.section("external", "challenge", "dialect")
                .map(
                    external ->
                        new External(
                            external.flag("challenge", true),
                            external.name("dialect", dialects, DEFAULT_DIALECT))),
            node.name("signature", signatures, DEFAULT_SIGNATURE),
            Duration.ofSeconds(
                node.integer("maxAge", 1, (int) MAX_AGE.toSeconds(), (int) MAX_AGE.toSeconds())));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return settings;
  }

  /** Null is neither there nor not there, and an agent's URL must not go unlooked at for it. */
  private static void refuseNulls(String path, JsonNode node, List<String> problems) {
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      String own = path + property.getKey();
      if (property.getValue().isNull()) {
        problems.add(own + " must not be null");
      }
      refuseNulls(own + ".", property.getValue(), problems);
    }
  }

  /** The entry without its endpoint. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("rate", rate);
    inFlight.ifPresent(most -> json.put("inFlight", most));
    json.put("maxAge", maxAge.toSeconds());
    breaker.ifPresent(policy -> json.set("breaker", policy.toJson()));
    if (!signature.equals(DEFAULT_SIGNATURE)) {
      json.put("signature", signature);
    }
    recovery.ifPresent(policy -> json.set("recovery", policy.toJson()));
    external.ifPresent(
        one -> {
          ObjectNode section = json.putObject("external").put("challenge", one.isAsked());
          if (!one.dialect().equals(DEFAULT_DIALECT)) {
            section.put("dialect", one.dialect());
          }
        });
    return json;
  }
}
