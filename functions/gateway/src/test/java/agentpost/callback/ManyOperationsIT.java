package agentpost.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.operations.OperationId;
import agentpost.operations.OperationRequest;
import agentpost.operations.OperationStatus;
import agentpost.operations.Processor;
import agentpost.operations.StartResult;
import agentpost.operations.TaskToken;
import agentpost.testing.FakeQueue;
import agentpost.testing.LocalTables;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/**
 * Five hundred operations, or 2,000 with {@code mvn -Plong}, through the handlers as they are
 * deployed, with a crash before or after any write or send, by a seed. Of ten operations one is
 * lost by its processor, one fails, and one's callbacks do not get through before the deadline.
 */
class ManyOperationsIT {
  private static final int OPERATIONS = Integer.getInteger("operations", 500);

  private static final long SEED = 20260331;
  private static final double PROBABILITY = 0.03;
  private static final Duration TICK = Duration.ofSeconds(20);
  private static final int MAX_TICKS = 2000;

  private final OperationsTestBed world = new OperationsTestBed();
  private final Crashes crashes = new Crashes(SEED, PROBABILITY);
  private final Map<String, OperationRequest> requests = new HashMap<>();
  private final Map<String, Set<String>> acknowledged = new HashMap<>();
  private final Set<String> late = new HashSet<>();
  private final List<OperationRequest> toStart = new ArrayList<>();
  private final Map<String, String> waiting = new HashMap<>();
  private int starts;

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void everyOperationEndsOnceAndIsPublishedUnderOneIdWhateverCrashes(TestReporter report)
      throws Exception {
    crashes.into(world);
    world.callbacks = Optional.of(crashes.line("callback", this::acknowledging));
    int begun = 0;
    int ticks = 0;
    // To look at every row takes longer than what happens meanwhile.
    while (begun < OPERATIONS || ticks % 10 != 0 || !isQuiet()) {
      assertTrue(++ticks < MAX_TICKS, "it comes to rest");
      for (int i = 0; i < 40 && begun < OPERATIONS; i++) {
        OperationRequest request = request(begun++);
        requests.put(request.id().value(), request);
        toStart.add(request);
      }
      startAll();
      workAll();
      sweep();
      world.clock.move(TICK);
    }
    world.tables.works();
    Map<String, String> figures = figures(ticks);
    report.publishEntry(figures);
    Files.writeString(Path.of("target", "many-operations.txt"), figures.toString());
    assertTrue(
        crashes.counts().values().stream().mapToInt(Integer::intValue).sum() > OPERATIONS / 2,
        crashes.counts()::toString);
    assertAllIsWell();
  }

  private OperationRequest request(int number) {
    OperationRequest request = world.booking(number);
    request.dataToProcess().put("kind", number % 10);
    return request;
  }

  private int kind(String id) {
    return Optional.ofNullable(requests.get(id))
        .map(request -> request.dataToProcess().path("kind").asInt())
        .orElse(-1);
  }

  /**
   * As EventBridge does: each is started until the agent says 200, which it says unless it crashed
   * or is to try again.
   */
  private void startAll() {
    List<OperationRequest> again = new ArrayList<>();
    for (OperationRequest request : toStart) {
      starts++;
      try {
        if (world.start(asTried(request)) instanceof StartResult.TryAgain) {
          again.add(request);
        }
      } catch (Crashes.Crash crash) {
        again.add(request);
      }
    }
    toStart.clear();
    toStart.addAll(again);
  }

  /** For every second ten a workflow waits, each try with another token. */
  private OperationRequest asTried(OperationRequest r) {
    if (Integer.parseInt(r.cause().value().substring("lead-qualified-".length())) / 10 % 2 == 0) {
      return r;
    }
    TaskToken task = new TaskToken("try-" + starts);
    waiting.put(r.id().value(), task.value());
    return OperationsTestBed.waitedFor(r, task);
  }

  private void workAll() {
    WorkerHandler worker = null;
    for (FakeQueue.Message message : world.queue.receive(10_000)) {
      String id = WorkItem.parse(message.body()).orElseThrow().id().value();
      if (kind(id) == 0) {
        world.queue.delete(message.id());
        continue;
      }
      try {
        worker = worker == null ? new TestWorker(world.platform, new Slots()) : worker;
        assertTrue(world.worked(worker, List.of(message)) >= 0);
      } catch (Crashes.Crash crash) {
        worker = null;
      }
    }
  }

  /** One slot for each: the calendar itself would be full after two hundred and some. */
  private final class Slots implements Processor {
    private final BookedSlots bookings = new BookedSlots(world.tables.client());

    @Override
    public Work process(OperationId id, ObjectNode data, Instant acceptedAt) {
      if (kind(id.value()) == 1) {
        return new Work.Failed("no slot");
      }
      Instant slot =
          Instant.ofEpochSecond(
              Integer.parseInt(data.path("lead_id").asText().substring("lead-".length())));
      assertTrue(bookings.take(slot, id));
      return new Work.Completed(
          data.objectNode()
              .put("starts_at", slot.toString())
              .put("accepted_at", acceptedAt.toString()));
    }

    @Override
    public void undo(OperationId id, ObjectNode result) {
      bookings.free(Instant.parse(result.path("starts_at").asText()), id);
    }
  }

  private void sweep() {
    try {
      assertTrue(world.sweep().containsKey("timed_out"));
    } catch (Crashes.Crash crash) {
      return; // The next run goes on where this one was.
    }
  }

  private Response acknowledging(Request request) throws IOException {
    JsonNode body = new JsonMapper().readTree(request.body());
    String id = body.path("correlation_id").asText();
    OperationRequest asked = requests.get(id);
    if (asked != null && kind(id) == 2 && !world.clock.instant().isAfter(asked.deadline())) {
      throw new IOException("no route to the callback handler");
    }
    Response response = OperationsTestBed.handled(new CallbackHandler(world.platform), request);
    if (response.status() == 200) {
      acknowledged.computeIfAbsent(id, _ -> new HashSet<>()).add(body.path("status").asText());
    }
    if (response.status() == 410) {
      late.add(id);
    }
    return response;
  }

  private boolean isQuiet() {
    if (!toStart.isEmpty() || !world.queue.messages().isEmpty()) {
      return false;
    }
    return world.tables.rows(LocalTables.OPERATIONS).stream()
        .noneMatch(row -> row.containsKey("open") || row.containsKey("unpublished"));
  }

  private void assertAllIsWell() throws Exception {
    Map<String, Set<String>> events = new HashMap<>();
    Map<String, String> types = new HashMap<>();
    for (PutEventsRequestEntry entry : world.bus.accepted()) {
      String id =
          new JsonMapper().readTree(entry.detail()).path("data").path("operation_id").asText();
      events.computeIfAbsent(id, _ -> new HashSet<>()).add(entry.detail());
      types.put(id, entry.detailType());
    }
    List<Map<String, AttributeValue>> rows = world.tables.rows(LocalTables.OPERATIONS);
    assertEquals(OPERATIONS, rows.size(), "none is lost, none is there twice");
    assertEquals(requests.keySet(), events.keySet(), "each is published, and nothing else is");
    for (Map<String, AttributeValue> row : rows) {
      String id = string(row, "correlation_id");
      String status = string(row, "status");
      Set<String> published = events.getOrDefault(id, Set.of());
      assertEquals(
          1, published.size(), "however often it is published, it is the same event: " + published);
      assertEquals("operation." + status.toLowerCase(Locale.ROOT), types.get(id), id);
      Set<String> said = acknowledged.getOrDefault(id, Set.of());
      assertTrue(
          said.isEmpty() || said.equals(Set.of(status.toLowerCase(Locale.ROOT))),
          id + ": " + said + " was acknowledged, it is " + status);
      assertTrue(
          !(status.equals("COMPLETED") && (kind(id) <= 2))
              && !(status.equals("FAILED") && kind(id) != 1),
          id + " " + status + " " + kind(id));
    }
    Set<String> excused = new HashSet<>(late);
    world
        .queue
        .deadLetters()
        .forEach(message -> excused.add(WorkItem.parse(message).orElseThrow().id().value()));
    for (Map<String, AttributeValue> row : rows) {
      String id = string(row, "correlation_id");
      assertTrue(
          !string(row, "status").equals("TIMED_OUT") || kind(id) == 0 || excused.contains(id),
          id + " timed out though nobody lost it");
    }
    List<String> booked =
        world.tables.rows(LocalTables.AGENT_STATE).stream()
            .filter(row -> row.containsKey("booked_by"))
            .map(row -> string(row, "booked_by"))
            .toList();
    assertEquals(booked.size(), Set.copyOf(booked).size(), "no work is done twice");
    Set<String> kept = new HashSet<>(late);
    world
        .queue
        .deadLetters()
        .forEach(message -> kept.remove(WorkItem.parse(message).orElseThrow().id().value()));
    kept.retainAll(booked);
    assertEquals(Set.of(), kept, "what came too late is given back");
    assertWaitingTasksKnow(rows);
  }

  /**
   * The last try's task of each operation that a workflow waited for has ended as the operation
   * did.
   */
  private void assertWaitingTasksKnow(List<Map<String, AttributeValue>> rows) {
    Set<String> heard = new HashSet<>();
    world
        .stepFunctions
        .heard()
        .forEach(one -> heard.add(one.replaceFirst("^(\\S+ \\S+(?: agentpost\\.\\w+)?).*", "$1")));
    assertEquals(OPERATIONS / 2, waiting.size());
    for (Map<String, AttributeValue> row : rows) {
      String task = waiting.get(string(row, "correlation_id"));
      String told =
          switch (OperationStatus.valueOf(string(row, "status"))) {
            case COMPLETED -> task + " succeeded";
            case FAILED -> task + " failed agentpost.Failed";
            case TIMED_OUT -> task + " failed agentpost.TimedOut";
            case PENDING -> task + " is still waiting";
          };
      assertTrue(
          task == null || heard.contains(told), told + " is not among what Step Functions heard");
    }
  }

  private static String string(Map<String, AttributeValue> row, String name) {
    return Optional.ofNullable(row.get(name)).map(AttributeValue::s).orElse("");
  }

  private Map<String, String> figures(int ticks) {
    Map<String, String> figures = new TreeMap<>();
    Map<String, Integer> ends = new TreeMap<>();
    world
        .tables
        .rows(LocalTables.OPERATIONS)
        .forEach(row -> ends.merge(string(row, "status"), 1, Integer::sum));
    figures.put("ends", ends.toString());
    figures.put(
        "events", world.bus.accepted().size() + " published, " + Set.copyOf(world.published()));
    figures.put(
        "crashes",
        crashes.counts().values().stream().mapToInt(Integer::intValue).sum()
            + " "
            + crashes.counts());
    figures.put(
        "tasks that waited",
        waiting.size() + ", told " + world.stepFunctions.heard().size() + " times");
    figures.put("starts", Integer.toString(starts));
    figures.put("dead letters", Integer.toString(world.queue.deadLetters().size()));
    figures.put("timed out, though the processor did not lose it", Integer.toString(late.size()));
    figures.put("time", TICK.multipliedBy(ticks).toString());
    return figures;
  }
}
