package agentpost.callback;

import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.testing.FakeHttp;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Ends a function before or after one of its writes or sends, now and then, by a seed. */
final class Crashes {
  /** The function is gone: nothing of ours catches this. */
  static final class Crash extends Error {
    Crash(String where) {
      super(where);
    }
  }

  private final Random random;
  private final double probability;
  private final Map<String, Integer> counts = new TreeMap<>();

  Crashes(long seed, double probability) {
    this.random = new Random(seed);
    this.probability = probability;
  }

  Map<String, Integer> counts() {
    return counts;
  }

  private boolean strikes(String where) {
    boolean strikes = random.nextDouble() < probability;
    if (strikes) {
      counts.merge(where, 1, Integer::sum);
    }
    return strikes;
  }

  private void at(String where) {
    if (strikes(where)) {
      throw new Crash(where);
    }
  }

  void into(OperationsTestBed world) {
    world.tables.failBefore(
        call -> {
          at("before " + call);
          return Optional.empty();
        });
    world.tables.failAfter(call -> at("after " + call));
    world.busClient = around(EventBridgeClient.class, world.busClient);
    world.queueClient = around(SqsClient.class, world.queueClient);
    world.stepFunctionsClient = around(SfnClient.class, world.stepFunctionsClient);
    world.processor =
        Optional.of(
            line(
                "request",
                request ->
                    OperationsTestBed.handled(new ProcessDataHandler(world.platform), request)));
  }

  /**
   * A line that breaks before the request is there, or before the answer is back; a function that
   * crashes is API Gateway's 502.
   */
  FakeHttp.OtherSide line(String what, FakeHttp.OtherSide otherSide) {
    return (Request request) -> {
      if (strikes("before the " + what)) {
        throw new IOException("not sent");
      }
      Response response;
      try {
        response = otherSide.answer(request);
      } catch (Crash crash) {
        return Response.json(502, "{\"message\":\"Internal server error\"}");
      }
      if (strikes("after the " + what)) {
        throw new IOException("answer lost");
      }
      return response;
    };
  }

  private <T> T around(Class<T> type, T real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              try {
                at("before " + method.getName());
                Object answer = method.invoke(real, arguments);
                at("after " + method.getName());
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
