package agentpost.infra.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What {@code agents.yaml} says, defaults filled in. Only {@link CatalogReader} makes one, so its values are good ones. */
public record Catalog(Optional<Email> email, List<Agent> agents) {
  public Catalog {
    agents = List.copyOf(agents);
  }

  /** Agents write from {@code from}; {@code support} reads alerts. */
  public record Email(String from, String support) {}

  /** @param rate deliveries a second, 1 to 300 */
  public record Agent(String name, List<Subscription> subscriptions, Place place, int rate, Retry retry) {
    public Agent {
      subscriptions = List.copyOf(subscriptions);
    }
  }

  /** @param where an EventBridge pattern on the envelope, beyond the event's type */
  public record Subscription(String event, Optional<ObjectNode> where) {}

  /** Where an agent's webhook is. */
  public sealed interface Place {
    /** A Lambda function of this repository. */
    record Hosted(String handler, Set<Use> uses) implements Place {
      public Hosted {
        uses = Set.copyOf(uses);
      }
    }

    /** Someone's https URL. */
    record External(URI url) implements Place {}
  }

  /** What a hosted agent may do beyond verifying, claiming and publishing; each brings its own settings and rights. */
  public enum Use {
    EMAIL,
    SUPPORT,
    STATE,
    SCHEDULE
  }

  /** @param attempts retries after the first attempt, 0 to 185 */
  public record Retry(int attempts, Duration maxAge) {}
}
