package agentpost.local.eventbridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;

/** What has been created: buses with their rules, connections, API destinations, archives and replays. */
final class Registry {
  static final String ARN = "arn:aws:events:us-east-1:000000000000:";

  record Rule(String name, String bus, Optional<String> pattern, boolean enabled, Optional<String> description, Map<String, ObjectNode> targets) {
    String arn() {
      return ARN + "rule/" + (bus.equals("default") ? "" : bus + "/") + name;
    }

    Rule with(Map<String, ObjectNode> changed) {
      return new Rule(name, bus, pattern, enabled, description, changed);
    }

    Rule with(boolean nowEnabled) {
      return new Rule(name, bus, pattern, nowEnabled, description, targets);
    }
  }

  record Bus(String name, Optional<String> description, Map<String, Rule> rules, Matcher matcher) {
    Bus(String name, Optional<String> description) {
      this(name, description, new ConcurrentSkipListMap<>(), new Matcher());
    }

    String arn() {
      return ARN + "event-bus/" + name;
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

  /** @param auth the request's AuthParameters, secrets and all */
  record Connection(String name, String arn, String type, JsonNode auth, Optional<String> description, Instant created) {
    @Override
    public String toString() {
      return "Connection[" + arn + "]";
    }
  }

  record Destination(
      String name, String arn, String connectionArn, String endpoint, String method, int rate, Optional<String> description, Instant created, RateLimit limit) {}

  record Archive(String name, String busArn, Optional<String> pattern, int retentionDays, Optional<String> description, Instant created, ConcurrentLinkedDeque<Archived> events) {
    String arn() {
      return ARN + "archive/" + name;
    }
  }

  /** @param event as JSON text: a tree of it is six times as large, and an archive keeps thousands */
  record Archived(Instant at, String event) {}

  final Map<String, Bus> buses = new ConcurrentSkipListMap<>(Map.of("default", new Bus("default", Optional.empty())));
  final Map<String, Connection> connections = new ConcurrentSkipListMap<>();
  final Map<String, Destination> destinations = new ConcurrentSkipListMap<>();
  final Map<String, Archive> archives = new ConcurrentSkipListMap<>();
  final Map<String, Replay> replays = new ConcurrentSkipListMap<>();

  /** A bus by its name or its ARN. */
  Optional<Bus> bus(String nameOrArn) {
    return Optional.ofNullable(buses.get(nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1)));
  }

  Optional<Destination> destination(String arn) {
    return destinations.values().stream().filter(destination -> destination.arn().equals(arn)).findFirst();
  }

  Optional<Connection> connection(String arn) {
    return connections.values().stream().filter(connection -> connection.arn().equals(arn)).findFirst();
  }
}
