package agentpost.local.eventbridge.input;

import agentpost.schemas.JsonTree;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** How events are read and written. */
public final class EventJson {
  /**
   * Numbers stay the texts that they were put as, as on AWS, which compares them as texts ("300,
   * 300.0, and 3.0e2 are not considered equal", user guide, "Event pattern syntax"). Its buffers
   * belong to whoever needs some, not to a thread: each delivery that waits is a thread.
   */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                  .build())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addModule(JsonTree.module())
          .build();

  private EventJson() {}

  /** What {@link #write} wrote, or what was accepted: an object's text. */
  public static ObjectNode read(String text) {
    try {
      return (ObjectNode) MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What was accepted or written before is JSON", e);
    }
  }

  /**
   * As {@link JsonNode#toString}, which would leave buffers of its own with each of thousands of
   * threads.
   */
  public static String write(JsonNode json) {
    try {
      return MAPPER.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of JSON can be written", e);
    }
  }
}
