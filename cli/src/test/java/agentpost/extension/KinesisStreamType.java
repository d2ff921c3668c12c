package agentpost.extension;

import agentpost.local.cloudformation.Provider;
import agentpost.local.cloudformation.Provider.Made;
import agentpost.local.extension.LocalResourceType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** {@code AWS::Kinesis::Stream}: a name and an ARN. */
public final class KinesisStreamType implements LocalResourceType {
  /** What was done, in order; the names are a test's own. */
  static final List<String> DONE = new CopyOnWriteArrayList<>();

  @Override
  public String name() {
    return "AWS::Kinesis::Stream";
  }

  @Override
  public Provider provider() {
    return new Provider.Changeable() {
      @Override
      public Made make(String logicalId, ObjectNode properties) {
        String name = properties.path("Name").asText(logicalId);
        DONE.add("make " + name);
        return new Made(
            name, Map.of("Arn", "arn:aws:kinesis:us-east-1:000000000000:stream/" + name));
      }

      @Override
      public Made update(String logicalId, Made before, ObjectNode properties) {
        DONE.add("update " + before.ref() + " " + properties.path("ShardCount").asInt());
        return before;
      }

      @Override
      public void remove(String logicalId, Made made) {
        DONE.add("remove " + made.ref());
      }
    };
  }
}
