package agentpost.local.eventbridge.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What has been created: buses with their rules, connections, API destinations, archives and
 * replays.
 */
public final class Registry {
  public static final String ACCOUNT = "000000000000";
  public static final String ARN = "arn:aws:events:us-east-1:" + ACCOUNT + ":";

  /**
   * @param pattern as it was given
   * @param schedule as it was given
   * @param state ENABLED, DISABLED or ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS
   */
  public record Rule(
      String name,
      String bus,
      Optional<String> pattern,
      Optional<String> schedule,
      String state,
      Optional<String> description,
      Optional<String> role,
      Map<String, ObjectNode> targets) {
    public String arn() {
      return ARN + "rule/" + (bus.equals("default") ? "" : bus + "/") + name;
    }

    public boolean isEnabled() {
      return !state.equals("DISABLED");
    }

    public Rule with(Map<String, ObjectNode> changed) {
      return new Rule(name, bus, pattern, schedule, state, description, role, changed);
    }

    public Rule with(String changed) {
      return new Rule(name, bus, pattern, schedule, changed, description, role, targets);
    }
  }

  /**
   * @param deadLetters as the request had it; there is no customer's key here that could fail,
   *     which is all that it is for
   * @param policy statements by their ids
   */
  public record Bus(
      String name,
      Optional<String> description,
      Optional<String> deadLetters,
      Instant created,
      Instant modified,
      Map<String, ObjectNode> policy,
      Map<String, Rule> rules,
      Matcher matcher) {
    public Bus(
        String name, Optional<String> description, Optional<String> deadLetters, Instant now) {
      this(
          name,
          description,
          deadLetters,
          now,
          now,
          new ConcurrentSkipListMap<>(),
          new ConcurrentSkipListMap<>(),
          new Matcher());
    }

    public String arn() {
      return ARN + "event-bus/" + name;
    }

    public Bus with(Optional<String> text, Optional<String> letters, Instant now) {
      return new Bus(name, text, letters, created, now, policy, rules, matcher);
    }

    public void put(Rule rule) {
      rules.put(rule.name(), rule);
      matcher.rebuild(rules.values());
    }

    public void remove(String rule) {
      rules.remove(rule);
      matcher.rebuild(rules.values());
    }
  }

  /**
   * @param answered whether it has answered since it was made or changed
   */
  public record Destination(
      String name,
      String arn,
      String connectionArn,
      String endpoint,
      String method,
      int rate,
      Optional<String> description,
      Instant created,
      Instant modified,
      RateLimit limit,
      AtomicBoolean answered) {}

  /**
   * @param retentionDays 0 for ever
   */
  public record Archive(
      String name,
      String busArn,
      Optional<String> pattern,
      int retentionDays,
      Optional<String> description,
      Instant created,
      ArchivedEvents events) {
    public String arn() {
      return ARN + "archive/" + name;
    }
  }

  public final Map<String, Bus> buses = new ConcurrentSkipListMap<>();
  public final Map<String, Connection> connections = new ConcurrentSkipListMap<>();
  public final Map<String, Destination> destinations = new ConcurrentSkipListMap<>();
  public final Map<String, Archive> archives = new ConcurrentSkipListMap<>();
  public final Map<String, Replay> replays = new ConcurrentSkipListMap<>();

  /** Of rules and buses, by ARN. */
  public final Map<String, Map<String, String>> tags = new ConcurrentHashMap<>();

  public Registry(Instant now) {
    buses.put("default", new Bus("default", Optional.empty(), Optional.empty(), now));
  }

  /** A bus by its name or its ARN; another region's or account's is not one of these. */
  public Optional<Bus> bus(String nameOrArn) {
    String own = ARN + "event-bus/";
    return Optional.ofNullable(
        buses.get(nameOrArn.startsWith(own) ? nameOrArn.substring(own.length()) : nameOrArn));
  }

  public Optional<Destination> destination(String arn) {
    return destinations.values().stream()
        .filter(destination -> destination.arn().equals(arn))
        .findFirst();
  }

  public Optional<Connection> connection(String arn) {
    return connections.values().stream()
        .filter(connection -> connection.arn().equals(arn))
        .findFirst();
  }

  /** As answers have times. */
  public static double seconds(Instant at) {
    return at.toEpochMilli() / 1000.0;
  }
}
