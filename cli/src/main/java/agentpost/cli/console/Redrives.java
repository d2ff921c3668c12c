package agentpost.cli.console;

import agentpost.catalog.AgentName;
import agentpost.cli.deadletter.DlqOptions;
import agentpost.cli.deadletter.OutcomeCounts;
import agentpost.cli.deadletter.RedriveRun;
import agentpost.cli.terminal.CommandFailure;
import agentpost.deadletter.DeadLetterQueue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Redrives that were begun here: how far each is, and what it did. */
final class Redrives {
  private static final int MAX_KEPT = 20;
  private static final int MAX_LINES = 500;

  private final DlqOptions place;
  private final DeliveryHistory history;
  private final LinkedHashMap<String, Job> jobs = new LinkedHashMap<>();

  /** Guarded by itself. */
  private static final class Job {
    private final AgentName agent;
    private final int before;
    private final List<String> lines = new ArrayList<>();
    private String counts = "";
    private String stopped = "";
    private boolean isRunning = true;

    private Job(AgentName agent, int before) {
      this.agent = agent;
      this.before = before;
    }

    private synchronized void add(JsonNode outcome) {
      if (lines.size() < MAX_LINES) {
        lines.add(OutcomeCounts.describe(outcome));
      }
    }

    private synchronized void end(String result, String why) {
      counts = result;
      stopped = why;
      isRunning = false;
    }
  }

  Redrives(DlqOptions place, DeliveryHistory history) {
    this.place = place;
    this.history = history;
  }

  /** The id of one that runs on its own. */
  String start(AgentName agent, ObjectNode order) {
    Job job = new Job(agent, place.of(agent, DeadLetterQueue::depth));
    String id = UUID.randomUUID().toString();
    synchronized (jobs) {
      jobs.put(id, job);
      if (jobs.size() > MAX_KEPT) {
        jobs.pollFirstEntry();
      }
    }
    Thread.ofVirtual().name("redrive").start(() -> run(job, order));
    return id;
  }

  private void run(Job job, ObjectNode order) {
    RedriveRun run = new RedriveRun(place::redrive);
    String stopped = "stopped by an error; the terminal of ./agentpost local has it";
    try {
      stopped = run.run(order, Integer.MAX_VALUE, job::add, history::touch);
    } catch (CommandFailure e) {
      stopped = String.valueOf(e.getMessage());
    } finally {
      job.end(run.counts().toString(), stopped);
      history.touch();
    }
  }

  View show(PageRequest page) {
    Optional<Job> found;
    synchronized (jobs) {
      found = Optional.ofNullable(jobs.get(page.query("id")));
    }
    return found
        .<View>map(this::show)
        .orElseGet(
            () ->
                View.message(
                    404,
                    "No such redrive",
                    "The console keeps the last " + MAX_KEPT + " redrives."));
  }

  private View.Html show(Job job) {
    int left = job.isRunning ? place.of(job.agent, DeadLetterQueue::depth) : 0;
    int before = Math.max(1, Math.max(left, job.before));
    synchronized (job) {
      return new View.Html(
          "redrive",
          "Redrive of " + job.agent,
          "dead-letters",
          Map.of(
              "running",
              job.isRunning,
              "before",
              before,
              "left",
              left,
              "gone",
              before - left,
              "counts",
              job.counts,
              "stopped",
              job.stopped,
              "hasLines",
              !job.lines.isEmpty(),
              "lines",
              List.copyOf(job.lines),
              "back",
              Links.to("dead-letters", "agent", job.agent.value())));
    }
  }
}
