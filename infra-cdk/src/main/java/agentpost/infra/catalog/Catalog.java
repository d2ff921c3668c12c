package agentpost.infra.catalog;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.BreakerPolicy;
import agentpost.catalog.RecoveryPolicy;
import agentpost.catalog.SourceSettings;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What {@code agents.yaml} says, defaults filled in. Only {@link CatalogReader} makes one, so its
 * values are good ones.
 *
 * @param alarmEmail who is subscribed to the alarms' topic
 * @param hasDetailedMetrics whether each method of the API has metrics of its own
 * @param hasRelayUrl whether deliveries come to the relay at a URL of its own, and it invokes
 *     hosted agents
 * @param canary nothing if a deployment moves functions to their new versions at once
 * @param producers other accounts that may put events on the bus
 * @param domain a name of the catalog's own for the API
 */
public record Catalog(
    Optional<Email> email,
    List<Agent> agents,
    List<Processor> processors,
    List<Source> sources,
    Set<AlertSource> alerts,
    Optional<String> alarmEmail,
    NetworkPolicy doors,
    boolean hasDetailedMetrics,
    boolean hasRelayUrl,
    Optional<Canary> canary,
    List<String> producers,
    Optional<Domain> domain,
    ExtensionNames extensions) {
  public Catalog {
    agents = List.copyOf(agents);
    processors = List.copyOf(processors);
    sources = List.copyOf(sources);
    alerts = Set.copyOf(alerts);
    producers = List.copyOf(producers);
  }

  /** Names under which this stack puts events on its bus. */
  public NavigableSet<String> publishers() {
    NavigableSet<String> publishers = publishers(agents);
    sources.forEach(source -> publishers.add(source.name()));
    return publishers;
  }

  /** Without the sources; external agents and processors put nothing on it. */
  static NavigableSet<String> publishers(List<Agent> agents) {
    NavigableSet<String> publishers = new TreeSet<>(Set.of("alerts", "health", "operations"));
    agents.stream()
        .filter(agent -> agent.place() instanceof Placement.Hosted)
        .map(Agent::name)
        .forEach(publishers::add);
    return publishers;
  }

  /** The one processor that {@code POST /process-data} leads to, if there is one. */
  public Optional<Processor> hostedProcessor() {
    return processors.stream()
        .filter(processor -> processor.work() instanceof Work.Hosted)
        .findFirst();
  }

  /**
   * @param certificate ARN of ACM's, in the API's region
   * @param zone id of Route 53's hosted zone that the name is in
   */
  public record Domain(String name, String certificate, String zone) {
    /** The region that the certificate is in. */
    public String region() {
      return certificate.split(":", -1)[3];
    }
  }

  /**
   * @param percentage of invocations that new versions get first
   * @param interval whole minutes until they get the others
   */
  public record Canary(int percentage, Duration interval) {}

  /** Agents write from {@code from}; {@code support} reads alerts. */
  public record Email(String from, String support) {}

  /**
   * Which addresses calls may reach, and from which they come.
   *
   * @param allow private ranges that callbacks and external agents may be in
   * @param ports of callbacks and external agents
   * @param hasStaticEgress whether calls go out from fixed addresses
   * @param hasFirewall whether a web application firewall stands before the API
   * @param throttle how many requests a second strangers may make
   */
  public record NetworkPolicy(
      List<String> allow,
      SortedSet<Integer> ports,
      boolean hasStaticEgress,
      boolean hasFirewall,
      Throttle throttle) {
    public NetworkPolicy {
      allow = List.copyOf(allow);
      ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
    }
  }

  /**
   * Requests a second.
   *
   * @param ingest at the door of sources, all together
   * @param operations at each of those for long work and its callbacks
   * @param keys for public keys
   */
  public record Throttle(int ingest, int operations, int keys) {}

  /**
   * @param rate deliveries a second, 1 to 300
   * @param inFlight attempts at it under way at a time, 1 to 1000
   * @param breaker nothing if it is off
   * @param recovery nothing if dead letters wait for a person
   * @param from ranges of addresses that may come in at its door, beside the relay's; empty if
   *     everyone may
   * @param figures graphs of metrics that it writes itself
   */
  public record Agent(
      String name,
      List<Subscription> subscriptions,
      Placement place,
      int rate,
      int inFlight,
      Retry retry,
      Optional<BreakerPolicy> breaker,
      Optional<RecoveryPolicy> recovery,
      List<String> from,
      SigningPolicy keys,
      List<Figure> figures) {
    public Agent {
      subscriptions = List.copyOf(subscriptions);
      from = List.copyOf(from);
      figures = List.copyOf(figures);
    }

    /** What its directory entry says. */
    public AgentSettings settings() {
      return new AgentSettings(
          rate,
          OptionalInt.of(inFlight),
          breaker,
          recovery,
          place instanceof Placement.External(_, var external)
              ? Optional.of(external)
              : Optional.empty(),
          keys.scheme(),
          retry.maxAge());
    }
  }

  /**
   * A graph on the stage's dashboard of figures.
   *
   * @param metrics names of them, each of the dimension Bus alone
   */
  public record Figure(String title, Kind kind, List<String> metrics) {
    /** How values are put together. */
    public enum Kind {
      AVERAGE,
      /** How many per cent the first one's sum is of the second one's. */
      SHARE,
      SUM
    }

    public Figure {
      metrics = List.copyOf(metrics);
    }
  }

  /**
   * @param where an EventBridge pattern on the envelope, beyond the event's type
   */
  public record Subscription(String event, Optional<ObjectNode> where) {}

  /** Where an agent's webhook is. */
  public sealed interface Placement {
    /**
     * A Lambda function of this repository.
     *
     * @param concurrency how many events it handles at a time, at most; what comes beyond is told
     *     to come again
     */
    record Hosted(String handler, Set<Capability> uses, OptionalInt concurrency)
        implements Placement {
      public Hosted {
        uses = Set.copyOf(uses);
      }
    }

    /**
     * Someone's https URL.
     *
     * @param settings what the relay is told of it
     */
    record External(URI url, AgentSettings.External settings) implements Placement {}
  }

  /**
   * What a hosted agent may do beyond verifying, claiming and publishing; each brings its own
   * settings and rights.
   */
  public enum Capability {
    EMAIL,
    SUPPORT,
    /** Rows of its own, which it reads and writes whole. */
    STATE,
    /** Rows of its own, which it reads and changes in place. */
    UPDATES,
    /** Plans events. */
    SCHEDULE,
    /** Calls off what it has planned. */
    CANCEL,
    OPERATIONS
  }

  /** One that does long work for agents and calls back, by the name its secret has. */
  public record Processor(String name, Work work, SigningPolicy keys) {}

  /** Where a processor's work is done. */
  public sealed interface Work {
    /**
     * By a queue and a Lambda function of this repository.
     *
     * @param concurrency batches at a time, at most
     */
    record Hosted(String handler, int concurrency) implements Work {}

    /** Somewhere else; here it has a secret and may call back. */
    record External() implements Work {}
  }

  /** A third party whose signed webhooks become events. */
  public record Source(String name, SourceSettings settings) {
    /** All that the function behind its door is told of it. */
    public ObjectNode description() {
      return settings.toJson();
    }
  }

  /**
   * What an agent's deliveries, or a processor's requests and callbacks, are signed with.
   *
   * @param scheme name of the way to sign
   * @param interval whole days between rotations; nothing if a person begins each
   * @param overlap how long the previous secret counts beside the current one
   */
  public record SigningPolicy(String scheme, Optional<Duration> interval, Duration overlap) {}

  /** Who in the account raises alerts, on its default bus. */
  public enum AlertSource {
    CLOUDWATCH,
    GUARDDUTY
  }

  /**
   * @param attempts retries after the first attempt, 0 to 185
   */
  public record Retry(int attempts, Duration maxAge) {}
}
