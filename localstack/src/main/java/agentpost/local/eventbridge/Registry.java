package agentpost.local.eventbridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What has been created: buses with their rules, connections, API destinations, archives and
 * replays.
 */
final class Registry {
  static final String ACCOUNT = "000000000000";
  static final String ARN = "arn:aws:events:us-east-1:" + ACCOUNT + ":";

  /**
   * @param pattern as it was given
   * @param schedule as it was given
   * @param state ENABLED, DISABLED or ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS
   */
  record Rule(
      String name,
      String bus,
      Optional<String> pattern,
      Optional<String> schedule,
      String state,
      Optional<String> description,
      Optional<String> role,
      Map<String, ObjectNode> targets) {
    String arn() {
      return ARN + "rule/" + (bus.equals("default") ? "" : bus + "/") + name;
    }

    boolean isEnabled() {
      return !state.equals("DISABLED");
    }

    Rule with(Map<String, ObjectNode> changed) {
      return new Rule(name, bus, pattern, schedule, state, description, role, changed);
    }

    Rule with(String changed) {
      return new Rule(name, bus, pattern, schedule, changed, description, role, targets);
    }
  }

  /**
   * @param deadLetters as the request had it; there is no customer's key here that could fail,
   *     which is all that it is for
   * @param policy statements by their ids
   */
  record Bus(
      String name,
      Optional<String> description,
      Optional<String> deadLetters,
      Instant created,
      Instant modified,
      Map<String, ObjectNode> policy,
      Map<String, Rule> rules,
      Matcher matcher) {
    Bus(String name, Optional<String> description, Optional<String> deadLetters, Instant now) {
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

    String arn() {
      return ARN + "event-bus/" + name;
    }

    Bus with(Optional<String> text, Optional<String> letters, Instant now) {
      return new Bus(name, text, letters, created, now, policy, rules, matcher);
    }

    void put(Rule rule) {
      rules.put(rule.name(), rule);
      matcher.rebuild(rules.values());
    }

    void remove(String rule) {
      rules.remove(rule);
      matcher.rebuild(rules.values());
    }
  }

  record Destination(
      String name,
      String arn,
      String connectionArn,
      String endpoint,
      String method,
      int rate,
      Optional<String> description,
      Instant created,
      Instant modified,
      RateLimit limit) {}

  /**
   * @param retentionDays 0 for ever
   */
  record Archive(
      String name,
      String busArn,
      Optional<String> pattern,
      int retentionDays,
      Optional<String> description,
      Instant created,
      ArchivedEvents events) {
    String arn() {
      return ARN + "archive/" + name;
    }
  }

  final Map<String, Bus> buses = new ConcurrentSkipListMap<>();
  final Map<String, Connection> connections = new ConcurrentSkipListMap<>();
  final Map<String, Destination> destinations = new ConcurrentSkipListMap<>();
  final Map<String, Archive> archives = new ConcurrentSkipListMap<>();
  final Map<String, Replay> replays = new ConcurrentSkipListMap<>();

  /** Of rules and buses, by ARN. */
  final Map<String, Map<String, String>> tags = new ConcurrentHashMap<>();

  Registry(Instant now) {
    buses.put("default", new Bus("default", Optional.empty(), Optional.empty(), now));
  }

  /** A bus by its name or its ARN; another region's or account's is none of these. */
  Optional<Bus> bus(String nameOrArn) {
    String own = ARN + "event-bus/";
    return Optional.ofNullable(
        buses.get(nameOrArn.startsWith(own) ? nameOrArn.substring(own.length()) : nameOrArn));
  }

  Optional<Destination> destination(String arn) {
    return destinations.values().stream()
        .filter(destination -> destination.arn().equals(arn))
        .findFirst();
  }

  Optional<Connection> connection(String arn) {
    return connections.values().stream()
        .filter(connection -> connection.arn().equals(arn))
        .findFirst();
  }

  /** As answers have times. */
  static double seconds(Instant at) {
    return at.toEpochMilli() / 1000.0;
  }
}
