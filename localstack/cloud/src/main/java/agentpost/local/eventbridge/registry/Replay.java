package agentpost.local.eventbridge.registry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One replay, from its start to its end. */
public final class Replay {
  public enum State {
    STARTING,
    RUNNING,
    CANCELLING,
    COMPLETED,
    CANCELLED,
    FAILED;

    public boolean isOver() {
      return this == COMPLETED || this == CANCELLED || this == FAILED;
    }
  }

  /**
   * @param from events of then or later
   * @param to and before then
   * @param rules ARNs; empty for all
   */
  public record Order(
      String name,
      Registry.Archive archive,
      Registry.Bus bus,
      Instant from,
      Instant to,
      List<String> rules,
      Optional<String> description,
      Instant started) {
    public String arn() {
      return Registry.ARN + "replay/" + name;
    }
  }

  private final Order order;
  private State state = State.STARTING;
  private Optional<String> reason = Optional.empty();
  private Optional<Instant> last = Optional.empty();
  private Optional<Instant> ended = Optional.empty();

  public Replay(Order order) {
    this.order = order;
  }

  public Order order() {
    return order;
  }

  public synchronized State state() {
    return state;
  }

  /** False if it is over. */
  public synchronized boolean cancel() {
    if (state.isOver()) {
      return false;
    }
    state = State.CANCELLING;
    return true;
  }

  /** Goes on if it may; a replay that is being cancelled ends here. */
  public synchronized boolean goOn(Instant now) {
    if (state == State.CANCELLING) {
      end(State.CANCELLED, Optional.empty(), now);
    } else if (state == State.STARTING) {
      state = State.RUNNING;
    }
    return !state.isOver();
  }

  public synchronized void recordReplayed(Instant time) {
    last = Optional.of(time);
  }

  public synchronized void end(State how, Optional<String> why, Instant now) {
    state = how;
    reason = why;
    ended = Optional.of(now);
  }

  public synchronized ObjectNode describe() {
    ObjectNode out =
        JsonNodeFactory.instance
            .objectNode()
            .put("ReplayName", order.name())
            .put("ReplayArn", order.arn())
            .put("EventSourceArn", order.archive().arn())
            .put("State", state.name())
            .put("EventStartTime", Registry.seconds(order.from()))
            .put("EventEndTime", Registry.seconds(order.to()))
            .put("ReplayStartTime", Registry.seconds(order.started()));
    order.description().ifPresent(text -> out.put("Description", text));
    reason.ifPresent(why -> out.put("StateReason", why));
    last.ifPresent(at -> out.put("EventLastReplayedTime", Registry.seconds(at)));
    ended.ifPresent(at -> out.put("ReplayEndTime", Registry.seconds(at)));
    ObjectNode destination = out.putObject("Destination").put("Arn", order.bus().arn());
    order.rules().forEach(destination.putArray("FilterArns")::add);
    return out;
  }
}
