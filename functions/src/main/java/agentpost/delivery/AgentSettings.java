package agentpost.delivery;

import agentpost.health.Circuits;
import agentpost.signing.KeyType;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an agent's directory entry says beside its endpoint. The catalog was read strictly when the entry was made; what is not there is off,
 * so that an older entry, or one mended by hand, still delivers.
 *
 * @param rate deliveries a second at most
 * @param inFlight attempts under way at a time at most; nothing in an entry of before there was a bound
 * @param breaker when to stop asking it; nothing if never
 * @param recovery how its dead letters go out by themselves; nothing if they do not
 * @param external nothing if it is hosted here
 * @param signature what its deliveries are signed with
 */
public record AgentSettings(int rate, OptionalInt inFlight, Optional<Circuits.Limits> breaker, Optional<Recovery> recovery, Optional<External> external, KeyType signature) {
  private static final int USUAL_RATE = 10;
  private static final int HIGHEST_RATE = 300;
  static final int DEFAULT_IN_FLIGHT = 100;
  private static final int MAX_IN_FLIGHT = 1000;

  /**
   * @param first wait after a probe that failed; doubled each time
   * @param longest wait at most
   */
  public record Recovery(Duration first, Duration longest) {}

  /** @param isAsked whether a challenge precedes the first event */
  public record External(boolean isAsked) {}

  static AgentSettings of(JsonNode entry) {
    JsonNode external = entry.path("external");
    return new AgentSettings(
        Math.clamp(entry.path("rate").asInt(USUAL_RATE), 1, HIGHEST_RATE),
        entry.path("inFlight").isInt() ? OptionalInt.of(Math.clamp(entry.path("inFlight").asInt(), 1, MAX_IN_FLIGHT)) : OptionalInt.empty(),
        breaker(entry.path("breaker")),
        recovery(entry.path("recovery")),
        external.isObject() ? Optional.of(new External(external.path("challenge").asBoolean(true))) : Optional.empty(),
        KeyType.of(entry.path("signature").asText()));
  }

  private static Optional<Circuits.Limits> breaker(JsonNode breaker) {
    int failures = breaker.path("failures").asInt(0);
    int of = breaker.path("of").asInt(0);
    Duration within = seconds(breaker, "within");
    Duration open = seconds(breaker, "open");
    Duration longest = seconds(breaker, "longest");
    boolean usable = failures > 0 && of >= failures && within.isPositive() && open.isPositive() && longest.compareTo(open) >= 0;
    return usable ? Optional.of(new Circuits.Limits(failures, of, within, open, longest)) : Optional.empty();
  }

  private static Optional<Recovery> recovery(JsonNode recovery) {
    Duration first = seconds(recovery, "wait");
    Duration longest = seconds(recovery, "longest");
    boolean usable = recovery.path("auto").asBoolean(false) && first.isPositive() && longest.compareTo(first) >= 0;
    return usable ? Optional.of(new Recovery(first, longest)) : Optional.empty();
  }

  private static Duration seconds(JsonNode from, String key) {
    return Duration.ofSeconds(from.path(key).asLong(0));
  }
}
