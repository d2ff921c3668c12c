package agentpost.extension;

import agentpost.local.extension.LocalTarget;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Streams of Kinesis as targets; what comes of a record is in the stream's name. */
public final class KinesisTarget implements LocalTarget {
  private static final Map<URI, List<Event>> EVENTS = new ConcurrentHashMap<>();

  /** What came to a cloud's streams, in order, every attempt. */
  static List<Event> eventsOf(URI cloud) {
    return EVENTS.computeIfAbsent(cloud, _ -> new CopyOnWriteArrayList<>());
  }

  @Override
  public boolean serves(String arn) {
    return arn.startsWith("arn:aws:kinesis:");
  }

  @Override
  public String action() {
    return "kinesis:PutRecord";
  }

  @Override
  public Set<String> settings() {
    return Set.of("KinesisParameters");
  }

  @Override
  public Outcome deliver(Event event) {
    List<Event> events = eventsOf(event.cloud());
    events.add(event);
    String stream = event.targetArn().replaceFirst("^.*/", "");
    return switch (stream) {
      case "full" ->
          events.size() < 3
              ? new Outcome.FailedForNow("THROTTLING", "ProvisionedThroughputExceededException")
              : new Outcome.Delivered();
      case "gone" -> new Outcome.Failed("NO_RESOURCE", "There is no stream gone");
      case "broken" -> throw new IllegalStateException("a mistake in the target");
      default -> new Outcome.Delivered();
    };
  }
}
