package agentpost.local.sqs;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Dead letters on their way back: API reference, StartMessageMoveTask. */
final class MoveTasks {
  private static final int MAX_MESSAGES_PER_SECOND = 500;
  private static final int MAX_RESULTS = 10;

  private enum Status {
    RUNNING,
    COMPLETED,
    CANCELLING,
    CANCELLED,
    FAILED
  }

  private static final class Task {
    private final String handle = UUID.randomUUID().toString();
    private final long startedMillis = System.currentTimeMillis();
    private final AtomicLong moved = new AtomicLong();
    private final String sourceArn;
    private final Optional<String> destinationArn;
    private final Optional<Integer> perSecond;
    private final long toMove;
    private volatile Status status = Status.RUNNING;

    private Task(
        String sourceArn,
        Optional<String> destinationArn,
        Optional<Integer> perSecond,
        long toMove) {
      this.sourceArn = sourceArn;
      this.destinationArn = destinationArn;
      this.perSecond = perSecond;
      this.toMove = toMove;
    }

    private boolean isActive() {
      return status == Status.RUNNING || status == Status.CANCELLING;
    }
  }

  private final Queues queues;
  private final List<Task> tasks = new CopyOnWriteArrayList<>();

  MoveTasks(Queues queues) {
    this.queues = queues;
  }

  private static Optional<String> text(ObjectNode input, String member) {
    return Optional.of(input.path(member).asText("")).filter(value -> !value.isEmpty());
  }

  private static AwsException invalid(String reason) {
    return AwsException.badRequest("InvalidParameterValue", reason);
  }

  /** The name of a queue that there is. */
  private String requireQueue(String arn, String member) {
    String name = arn.startsWith(Queues.arn("")) ? arn.substring(Queues.arn("").length()) : "";
    if (!queues.withAll(all -> all.containsKey(name))) {
      throw AwsException.badRequest(
          "ResourceNotFoundException",
          "The resource that you specified for the " + member + " parameter doesn't exist.");
    }
    return name;
  }

  synchronized ObjectNode start(ObjectNode input) {
    String sourceArn = input.path("SourceArn").asText();
    String source = requireQueue(sourceArn, "SourceArn");
    if (queues.sources(source).isEmpty()) {
      throw invalid("Source queue must be configured as a Dead Letter Queue.");
    }
    Optional<String> destinationArn = text(input, "DestinationArn");
    if (destinationArn.filter(sourceArn::equals).isPresent()) {
      throw invalid("Source queue and destination queue must not be the same.");
    }
    destinationArn.ifPresent(arn -> requireQueue(arn, "DestinationArn"));
    Optional<Integer> perSecond =
        Optional.of(input.path("MaxNumberOfMessagesPerSecond").asInt(0))
            .filter(_ -> input.hasNonNull("MaxNumberOfMessagesPerSecond"));
    if (perSecond.filter(rate -> rate < 1 || rate > MAX_MESSAGES_PER_SECOND).isPresent()) {
      throw invalid(
          "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1"
              + " and "
              + MAX_MESSAGES_PER_SECOND
              + ".");
    }
    if (tasks.stream().anyMatch(task -> task.isActive() && task.sourceArn.equals(sourceArn))) {
      throw AwsException.badRequest(
          "AWS.SimpleQueueService.UnsupportedOperation",
          "There is already a task running. Only one active task is allowed for a source queue arn"
              + " at a given time.");
    }
    long toMove = queues.with(source, queue -> queue.countVisible(queues.now()));
    Task task = new Task(sourceArn, destinationArn, perSecond, toMove);
    tasks.addFirst(task);
    tasks.removeAll(
        tasks.stream().filter(one -> one.sourceArn.equals(sourceArn)).skip(MAX_RESULTS).toList());
    Thread.ofVirtual().name("sqs-move").start(() -> run(task, source));
    return JsonNodeFactory.instance.objectNode().put("TaskHandle", task.handle);
  }

  private void run(Task task, String source) {
    try {
      while (task.status == Status.RUNNING && task.moved.get() < task.toMove) {
        switch (queues.move(source, task.destinationArn)) {
          case MOVED -> task.moved.incrementAndGet();
          case EMPTY -> {
            task.status = Status.COMPLETED;
            return;
          }
          case NO_DESTINATION -> {
            task.status = Status.FAILED;
            return;
          }
        }
        if (task.perSecond.isPresent()) {
          Thread.sleep(Duration.ofSeconds(1).dividedBy(task.perSecond.get()));
        }
      }
      task.status = task.status == Status.CANCELLING ? Status.CANCELLED : Status.COMPLETED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      task.status = Status.CANCELLED;
    }
  }

  ObjectNode cancel(ObjectNode input) {
    Task task =
        tasks.stream()
            .filter(one -> one.handle.equals(input.path("TaskHandle").asText()) && one.isActive())
            .findFirst()
            .orElseThrow(
                () ->
                    AwsException.badRequest(
                        "ResourceNotFoundException",
                        "The resource that you specified for the TaskHandle parameter doesn't"
                            + " exist."));
    task.status = Status.CANCELLING;
    return JsonNodeFactory.instance
        .objectNode()
        .put("ApproximateNumberOfMessagesMoved", task.moved.get());
  }

  ObjectNode list(ObjectNode input) {
    String sourceArn = input.path("SourceArn").asText();
    requireQueue(sourceArn, "SourceArn");
    int most = Math.clamp(input.path("MaxResults").asInt(1), 1, MAX_RESULTS);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode results = answer.putArray("Results");
    tasks.stream()
        .filter(task -> task.sourceArn.equals(sourceArn))
        .limit(most)
        .forEach(task -> results.add(describe(task)));
    return answer;
  }

  private static ObjectNode describe(Task task) {
    ObjectNode shown =
        JsonNodeFactory.instance
            .objectNode()
            .put("Status", task.status.name())
            .put("SourceArn", task.sourceArn)
            .put("ApproximateNumberOfMessagesMoved", task.moved.get())
            .put("ApproximateNumberOfMessagesToMove", task.toMove)
            .put("StartedTimestamp", task.startedMillis);
    if (task.isActive()) {
      shown.put("TaskHandle", task.handle);
    }
    if (task.status == Status.FAILED) {
      shown.put("FailureReason", "CouldNotDetermineMessageSource");
    }
    task.destinationArn.ifPresent(arn -> shown.put("DestinationArn", arn));
    task.perSecond.ifPresent(rate -> shown.put("MaxNumberOfMessagesPerSecond", rate));
    return shown;
  }

  /** They end at their next message. */
  void close() {
    tasks.stream().filter(Task::isActive).forEach(task -> task.status = Status.CANCELLING);
  }
}
