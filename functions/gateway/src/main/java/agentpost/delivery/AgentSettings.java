package agentpost.delivery;

import agentpost.catalog.KeyType;
import agentpost.health.CircuitStore;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an agent's directory entry says beside its endpoint. What is not there is off, so that an
 * older entry still delivers; what is there and is not understood makes the entry unusable.
 *
 * @param rate deliveries a second at most
 * @param inFlight attempts under way at a time at most; nothing in an entry of before there was a
 *     bound
 * @param breaker when to stop asking it; nothing if never
 * @param recovery how its dead letters go out by themselves; nothing if they do not
 * @param external nothing if it is hosted here
 * @param signature what its deliveries are signed with
 * @param maxAge how old an event becomes before EventBridge gives it up; as old as may be in an
 *     entry of before it was there
 */
public record AgentSettings(
    int rate,
    OptionalInt inFlight,
    Optional<CircuitStore.Limits> breaker,
    Optional<Recovery> recovery,
    Optional<External> external,
    KeyType signature,
    Duration maxAge) {
  private static final int DEFAULT_RATE = 10;
  private static final int MAX_RATE = 300;
  static final int DEFAULT_IN_FLIGHT = 100;
  private static final int MAX_IN_FLIGHT = 1000;

  /** Of EventBridge's MaximumEventAgeInSeconds. */
  private static final int MAX_AGE_SECONDS = 86_400;

  private static final Set<String> KEYS =
      Set.of(
          "endpoint", "rate", "inFlight", "breaker", "recovery", "external", "signature", "maxAge");

  /**
   * @param first wait after a probe that failed; doubled each time
   * @param longest wait at most
   */
  public record Recovery(Duration first, Duration longest) {}

  /**
   * @param isAsked whether a challenge precedes the first event
   */
  public record External(boolean isAsked) {}

  /**
   * Reads strictly: a word that is not understood could be the one that has an agent's URL looked
   * at, or asked.
   *
   * @param entry with its endpoint
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static AgentSettings of(JsonNode entry) {
    keys(entry, "an entry", KEYS);
    return new AgentSettings(
        (int) wholeNumber(entry, "rate", DEFAULT_RATE, MAX_RATE),
        entry.has("inFlight")
            ? OptionalInt.of((int) wholeNumber(entry, "inFlight", MAX_IN_FLIGHT))
            : OptionalInt.empty(),
        part(entry, "breaker").map(AgentSettings::breaker),
        part(entry, "recovery").flatMap(AgentSettings::recovery),
        part(entry, "external").map(AgentSettings::external),
        signature(entry),
        Duration.ofSeconds(wholeNumber(entry, "maxAge", MAX_AGE_SECONDS, MAX_AGE_SECONDS)));
  }

  private static CircuitStore.Limits breaker(JsonNode breaker) {
    keys(breaker, "breaker", Set.of("failures", "of", "within", "open", "longest"));
    int failures = (int) wholeNumber(breaker, "failures", Integer.MAX_VALUE);
    int of = (int) wholeNumber(breaker, "of", Integer.MAX_VALUE);
    Duration open = seconds(breaker, "open");
    Duration longest = seconds(breaker, "longest");
    hold(
        of >= failures && longest.compareTo(open) >= 0,
        "breaker: of must not be less than failures, nor longest than open");
    return new CircuitStore.Limits(failures, of, seconds(breaker, "within"), open, longest);
  }

  private static Optional<Recovery> recovery(JsonNode recovery) {
    keys(recovery, "recovery", Set.of("auto", "wait", "longest"));
    Duration first = seconds(recovery, "wait");
    Duration longest = seconds(recovery, "longest");
    hold(longest.compareTo(first) >= 0, "recovery: longest must not be less than wait");
    return isTrue(recovery, "auto") ? Optional.of(new Recovery(first, longest)) : Optional.empty();
  }

  private static External external(JsonNode external) {
    keys(external, "external", Set.of("challenge"));
    return new External(!external.has("challenge") || isTrue(external, "challenge"));
  }

  private static KeyType signature(JsonNode entry) {
    String label = entry.has("signature") ? entry.path("signature").asText() : KeyType.HMAC.label();
    return Stream.of(KeyType.values())
        .filter(type -> type.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("signature must be hmac or ed25519"));
  }

  private static void keys(JsonNode object, String what, Set<String> known) {
    hold(object.isObject(), what + " must be a JSON object");
    List<String> others =
        object.propertyStream().map(Map.Entry::getKey).filter(key -> !known.contains(key)).toList();
    hold(others.isEmpty(), what + " has the unknown keys " + others);
  }

  private static Optional<JsonNode> part(JsonNode entry, String key) {
    return entry.has(key) ? Optional.of(entry.path(key)) : Optional.empty();
  }

  private static boolean isTrue(JsonNode from, String key) {
    hold(from.path(key).isBoolean(), key + " must be true or false");
    return from.path(key).booleanValue();
  }

  private static Duration seconds(JsonNode from, String key) {
    return Duration.ofSeconds(wholeNumber(from, key, Integer.MAX_VALUE));
  }

  private static long wholeNumber(JsonNode from, String key, long unlessGiven, long highest) {
    return from.has(key) ? wholeNumber(from, key, highest) : unlessGiven;
  }

  private static long wholeNumber(JsonNode from, String key, long highest) {
    JsonNode number = from.path(key);
    hold(
        number.isIntegralNumber()
            && number.canConvertToLong()
            && number.longValue() >= 1
            && number.longValue() <= highest,
        key + " must be a whole number from 1 to " + highest);
    return number.longValue();
  }

  private static void hold(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException(what);
    }
  }
}
