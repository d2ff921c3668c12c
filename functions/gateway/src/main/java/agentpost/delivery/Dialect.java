package agentpost.delivery;

import agentpost.catalog.Extensions;
import agentpost.http.HttpPost;
import java.time.Duration;
import java.util.Optional;

/**
 * How an event becomes a request to an external agent, and what its answers mean. A jar adds one by
 * registering it in {@code META-INF/services/agentpost.delivery.Dialect}; its constructor does no
 * work, for each start of the relay makes one of each. What is posted, and where, stays under the
 * address guard, the agent's rate and the time that an attempt has.
 */
public interface Dialect {
  /** All that are registered. */
  Extensions<Dialect> ALL = Extensions.load(Dialect.class, Dialect::name);

  /** As an agent's {@code external: {dialect: …}} has it. */
  String name();

  /** What is posted; the same event gives the same body on every attempt. */
  OutgoingRequest request(OutgoingEvent event);

  /** What an answer says of the event. */
  default Meaning interpret(HttpPost.Answer.Answered answer) {
    return new Meaning.AsHttp();
  }

  /** What becomes of an event that was answered. */
  sealed interface Meaning {
    /**
     * What its status says: 2xx has taken it, 410 ends all deliveries, 5xx, 409 and 429 try again,
     * any other 4xx refuses it for good.
     */
    record AsHttp() implements Meaning {}

    record Taken() implements Meaning {}

    /**
     * @param after how long, if the answer says so
     */
    record TryAgain(String why, Optional<Duration> after) implements Meaning {}

    /** For good: it goes to the agent's dead letters. */
    record Refused(String why) implements Meaning {}

    /** The agent wants no more events. */
    record Gone() implements Meaning {}
  }
}
