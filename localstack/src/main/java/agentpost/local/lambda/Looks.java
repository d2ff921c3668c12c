package agentpost.local.lambda;

import agentpost.local.wire.AwsRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** Which functions only read when they were invoked: asked again with nothing changed and nothing due, they would find the same. */
public final class Looks {
  private static final Pattern READING = Pattern.compile("(BatchGet|Describe|Get|List|Query|Receive|Scan).*");
  private final Map<String, Asked> functions = new ConcurrentHashMap<>();

  private record Asked(long reads, long changes) {
    private static final Asked NOTHING = new Asked(0, 0);
  }

  /** @param caller a function's name */
  public void called(String caller, AwsRequest request) {
    String target = request.header("x-amz-target").orElse("");
    boolean reads = target.isEmpty() ? request.method().equals("GET") : READING.matcher(target.substring(target.indexOf('.') + 1)).matches();
    functions.merge(caller, reads ? new Asked(1, 0) : new Asked(0, 1), (one, other) -> new Asked(one.reads + other.reads, one.changes + other.changes));
  }

  /** Tells of what a function asks from now on whether it read and did nothing else; one that asks nothing does what cannot be seen from here. */
  public BooleanSupplier ofNext(String arn) {
    String name = FunctionName.of(arn).map(FunctionName::name).orElse(arn);
    Asked before = functions.getOrDefault(name, Asked.NOTHING);
    return () -> {
      Asked now = functions.getOrDefault(name, Asked.NOTHING);
      return now.reads > before.reads && now.changes == before.changes;
    };
  }
}
