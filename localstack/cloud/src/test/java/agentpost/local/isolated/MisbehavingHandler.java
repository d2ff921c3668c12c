package agentpost.local.isolated;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A function that does what its event says, in the key {@code do}. */
public final class MisbehavingHandler
    implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  private final List<byte[]> kept = new ArrayList<>();
  private int invocations;

  public MisbehavingHandler() {
    switch (System.getenv().getOrDefault("AT_INIT", "")) {
      case "throw" -> throw new IllegalStateException("no such table");
      case "exit" -> System.exit(3);
      default -> System.out.println("init of " + ProcessHandle.current().pid());
    }
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    invocations++;
    context.getLogger().log("invoked with " + event);
    return switch (String.valueOf(event.get("do"))) {
      case "throw" -> throw new IllegalArgumentException("not like this");
      case "exit" -> {
        System.exit(Integer.parseInt(String.valueOf(event.get("code"))));
        yield Map.of();
      }
      case "allocate" -> {
        for (int all = 1; true; all++) {
          kept.add(new byte[8 << 20]);
          System.out.println(all * 8 + " MB");
        }
      }
      case "hang" -> {
        waitForEver();
        yield Map.of();
      }
      case "loop" -> {
        System.out.println("looping");
        while (true) {
          Thread.onSpinWait();
        }
      }
      case "describe" -> described(context);
      default -> Map.of("pid", ProcessHandle.current().pid(), "invocations", invocations);
    };
  }

  private static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, Object> described(Context context) {
    Map<String, Object> seen = new HashMap<>();
    seen.put("environment", System.getenv());
    seen.put("heap", Runtime.getRuntime().maxMemory());
    seen.put("function", context.getFunctionName());
    seen.put("arn", context.getInvokedFunctionArn());
    seen.put("memory", context.getMemoryLimitInMB());
    seen.put("remaining", context.getRemainingTimeInMillis());
    seen.put("directory", System.getProperty("user.dir"));
    seen.put("classPath", System.getProperty("java.class.path"));
    try {
      seen.put(
          "api",
          InetAddress.getAllByName("abc.execute-api.us-east-1.amazonaws.com")[0].getHostAddress());
      seen.put("localhost", InetAddress.getAllByName("localhost")[0].isLoopbackAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
    return seen;
  }
}
