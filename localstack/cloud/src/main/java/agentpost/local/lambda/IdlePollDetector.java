package agentpost.local.lambda;

import agentpost.local.wire.AwsRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Which functions only read when they were invoked: asked again with nothing changed and nothing
 * due, they would find the same.
 */
public final class IdlePollDetector {
  private static final Pattern READING =
      Pattern.compile("(BatchGet|Describe|Get|List|Query|Receive|Scan).*");
  private final Map<String, CallCounts> functions = new ConcurrentHashMap<>();

  private record CallCounts(long reads, long changes) {
    private static final CallCounts NOTHING = new CallCounts(0, 0);
  }

  /**
   * @param caller a function's name
   */
  public void recordCall(String caller, AwsRequest request) {
    String target = request.header("x-amz-target").orElse("");
    boolean reads =
        target.isEmpty()
            ? request.method().equals("GET")
            : READING.matcher(target.substring(target.indexOf('.') + 1)).matches();
    functions.merge(
        caller,
        reads ? new CallCounts(1, 0) : new CallCounts(0, 1),
        (one, other) -> new CallCounts(one.reads + other.reads, one.changes + other.changes));
  }

  /**
   * Tells of what a function asks from now on whether it read and did nothing else; one that asks
   * nothing does what cannot be seen from here.
   */
  public BooleanSupplier ofNext(String arn) {
    String name = FunctionName.of(arn).map(FunctionName::name).orElse(arn);
    CallCounts before = functions.getOrDefault(name, CallCounts.NOTHING);
    return () -> {
      CallCounts now = functions.getOrDefault(name, CallCounts.NOTHING);
      return now.reads > before.reads && now.changes == before.changes;
    };
  }
}
