package agentpost.local.cloudformation.control;

import agentpost.local.cloudformation.Change;
import agentpost.local.cloudformation.Deployer;
import agentpost.local.cloudformation.DeploymentListener;
import agentpost.local.cloudformation.ResourceStep;
import agentpost.local.cloudformation.StackStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The stacks that there are, and the last of those that were: their ids, states, resources and
 * events.
 */
public final class StackRegistry implements DeploymentListener {
  /** Of one stack; the CDK shows those of one deployment. */
  private static final int MAX_EVENTS = 2_000;

  private static final int MAX_DELETED = 100;

  private final InstantSource clock;

  /** By their keys, see {@link Deployer}. */
  private final Map<String, Entry> present = new TreeMap<>();

  private final Deque<Entry> deleted = new ArrayDeque<>();
  private Instant last = Instant.EPOCH;

  /**
   * @param clock of what is told, the cloud's
   */
  public StackRegistry(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * @param parent the id of the stack that it is nested in
   * @param updated when its last update began
   */
  record Summary(
      String key,
      String id,
      String name,
      Optional<String> parent,
      Instant created,
      Optional<Instant> updated,
      Optional<Instant> deleted,
      StackStatus status,
      String reason,
      Map<String, String> tags) {}

  /** A resource of a stack, as it was told of last. */
  record Resource(
      String logicalId, String physicalId, String type, Instant at, String status, String reason) {}

  /** What was told of a stack or a resource of it. */
  record Event(String id, Resource of) {}

  private static final class Entry {
    private final String key;
    private final String name;
    private final String id;
    private final Optional<String> parent;
    private final Instant created;
    private Optional<Instant> updated = Optional.empty();
    private Optional<Instant> deleted = Optional.empty();
    private StackStatus status = StackStatus.REVIEW_IN_PROGRESS;
    private String reason = "";
    private Map<String, String> tags = Map.of();
    private final Map<String, Resource> resources = new LinkedHashMap<>();
    private final Deque<Event> events = new ArrayDeque<>();

    Entry(String key, Optional<String> parent, Instant created) {
      this.key = key;
      this.name = key.replace('/', '-');
      this.id =
          "arn:aws:cloudformation:us-east-1:000000000000:stack/" + name + "/" + UUID.randomUUID();
      this.parent = parent;
      this.created = created;
    }

    Summary summary() {
      return new Summary(
          key, id, name, parent, created, updated, deleted, status, reason, Map.copyOf(tags));
    }

    void tell(Resource of) {
      events.addFirst(new Event(UUID.randomUUID().toString(), of));
      if (events.size() > MAX_EVENTS) {
        events.removeLast();
      }
    }
  }

  /** Each is later than the one before: the CDK's command sorts events by them. */
  private Instant now() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    last = now.isAfter(last) ? now : last.plusMillis(1);
    return last;
  }

  private Entry entry(String key) {
    return present.computeIfAbsent(
        key,
        _ -> {
          int slash = key.lastIndexOf('/');
          return new Entry(
              key,
              slash < 0 ? Optional.empty() : Optional.of(entryId(key.substring(0, slash))),
              now());
        });
  }

  private String entryId(String key) {
    Entry entry = present.get(key);
    if (entry == null) {
      throw new IllegalStateException("There is no stack " + key);
    }
    return entry.id;
  }

  /** The id of a stack that is deployed or about to be. */
  public synchronized String id(String key) {
    return entryId(key);
  }

  @Override
  public synchronized void onStack(String stack, StackStatus status, String reason) {
    Entry before = present.get(stack);
    if (status == StackStatus.CREATE_IN_PROGRESS
        && before != null
        && before.status != StackStatus.REVIEW_IN_PROGRESS
        && before.status != status) {
      // It could not be made, and is made anew.
      forget(before);
    }
    Entry entry = entry(stack);
    if (entry.status == status && status.isUnderWay()) {
      return;
    }
    entry.status = status;
    entry.reason = reason;
    if (status == StackStatus.UPDATE_IN_PROGRESS) {
      entry.updated = Optional.of(now());
    }
    entry.tell(new Resource(entry.name, entry.id, Deployer.NESTED, now(), status.name(), reason));
    if (status == StackStatus.DELETE_COMPLETE) {
      entry.deleted = Optional.of(now());
      forget(entry);
    }
  }

  private void forget(Entry entry) {
    present.remove(entry.key);
    deleted.addLast(entry);
    if (deleted.size() > MAX_DELETED) {
      deleted.removeFirst();
    }
  }

  @Override
  public synchronized void onResource(ResourceStep step) {
    Entry entry = entry(step.stack());
    boolean isNested = step.type().equals(Deployer.NESTED);
    // Whoever follows a nested stack's events is told where they are before it is made.
    String physicalId =
        isNested && step.kind() != Change.Kind.REMOVED
            ? entry(step.stack() + "/" + step.logicalId()).id
            : step.ref();
    Resource told =
        new Resource(step.logicalId(), physicalId, step.type(), now(), status(step), step.reason());
    entry.tell(told);
    if (step.kind() == Change.Kind.REMOVED
        && (step.state() == ResourceStep.State.DONE || step.state() == ResourceStep.State.KEPT)) {
      entry.resources.remove(step.logicalId());
    } else {
      entry.resources.put(step.logicalId(), told);
    }
  }

  /** As CloudFormation calls it (user guide, "Stack status codes"). */
  private static String status(ResourceStep step) {
    String verb =
        switch (step.kind()) {
          case MADE -> "CREATE";
          case CHANGED -> "UPDATE";
          case REMOVED -> "DELETE";
        };
    return verb
        + switch (step.state()) {
          case BEGUN -> "_IN_PROGRESS";
          case DONE -> "_COMPLETE";
          case FAILED -> "_FAILED";
          case KEPT -> "_SKIPPED";
        };
  }

  /** A stack that has a change set and nothing else yet. */
  synchronized Summary review(String name) {
    onStack(name, StackStatus.REVIEW_IN_PROGRESS, "");
    return entry(name).summary();
  }

  synchronized void tag(String key, Map<String, String> tags) {
    entry(key).tags = tags;
  }

  /**
   * @param nameOrId a name of a stack that is there, or the id of one that is or was
   */
  private Optional<Entry> entryOf(String nameOrId) {
    for (Entry entry : present.values()) {
      if (entry.name.equals(nameOrId) || entry.id.equals(nameOrId)) {
        return Optional.of(entry);
      }
    }
    return deleted.stream().filter(entry -> entry.id.equals(nameOrId)).findFirst();
  }

  synchronized Optional<Summary> find(String nameOrId) {
    return entryOf(nameOrId).map(Entry::summary);
  }

  synchronized List<Summary> all() {
    return present.values().stream().map(Entry::summary).toList();
  }

  /** Of a stack that there is. */
  synchronized List<Resource> resources(String id) {
    return entryOf(id).map(entry -> new ArrayList<>(entry.resources.values())).orElseThrow();
  }

  /** Last first. */
  synchronized List<Event> events(String id) {
    return entryOf(id).map(entry -> new ArrayList<>(entry.events)).orElseThrow();
  }
}
