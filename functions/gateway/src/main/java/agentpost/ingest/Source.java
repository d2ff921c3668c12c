package agentpost.ingest;

import agentpost.address.Ranges;
import agentpost.catalog.AgentName;
import agentpost.catalog.FieldLocator;
import agentpost.catalog.Mapping;
import agentpost.catalog.SourceSettings;
import com.fasterxml.jackson.core.JsonPointer;
import java.util.Map;
import java.util.Optional;

/**
 * A third party whose webhooks become events.
 *
 * @param name in the door's path; the Source on the bus
 * @param url that the third party was told to call
 * @param secretId of the secret that the third party gave out
 * @param type where a payload says what it is about
 * @param delivery where a request says which delivery it is, the same when it comes again;
 *     otherwise the id that the scheme signs tells, or all that it signs
 * @param unmapped what becomes of a type that has no mapping
 * @param mappings by the payload's type
 * @param each where a request's events are a list; nothing if a request is one event. The pointers
 *     of type, delivery and mappings begin at each of them
 * @param answer what the third party wants to be answered
 * @param from addresses it calls from; empty if it may be any
 */
public record Source(
    AgentName name,
    String url,
    SourceScheme scheme,
    String secretId,
    FieldLocator type,
    Optional<FieldLocator> delivery,
    SourceSettings.Unmapped unmapped,
    Map<String, Mapping> mappings,
    Optional<JsonPointer> each,
    ReplyPolicy answer,
    Ranges from) {
  /** One event a request, answered as its provider wants it, from anywhere. */
  public Source(
      AgentName name,
      String url,
      SourceScheme scheme,
      String secretId,
      FieldLocator type,
      Optional<FieldLocator> delivery,
      SourceSettings.Unmapped unmapped,
      Map<String, Mapping> mappings) {
    this(
        name,
        url,
        scheme,
        secretId,
        type,
        delivery,
        unmapped,
        mappings,
        Optional.empty(),
        ReplyPolicy.defaultFor(scheme),
        Ranges.NONE);
  }

  public Source {
    mappings = Map.copyOf(mappings);
  }
}
