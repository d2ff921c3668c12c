package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.ResourceNames;
import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One invocation's context. */
final class LocalContext implements Context {
  private final FunctionSettings function;
  private final long endNanos;
  private final Consumer<String> log;
  private final String requestId = UUID.randomUUID().toString();

  /**
   * @param log takes what the function logs, a message at a time
   */
  LocalContext(FunctionSettings function, Consumer<String> log) {
    this.function = function;
    this.log = log;
    this.endNanos = System.nanoTime() + function.timeout().toNanos();
  }

  @Override
  public String getAwsRequestId() {
    return requestId;
  }

  @Override
  public String getLogGroupName() {
    return ResourceNames.functionLog(function.name());
  }

  @Override
  public String getLogStreamName() {
    return "local";
  }

  @Override
  public String getFunctionName() {
    return function.name();
  }

  @Override
  public String getFunctionVersion() {
    return "1";
  }

  @Override
  public String getInvokedFunctionArn() {
    return "arn:aws:lambda:us-east-1:000000000000:function:"
        + function.name()
        + ":"
        + ResourceNames.ALIAS;
  }

  @Override
  public @Nullable CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  public @Nullable ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return (int) Math.max(0, (endNanos - System.nanoTime()) / 1_000_000);
  }

  @Override
  public int getMemoryLimitInMB() {
    return function.memory();
  }

  @Override
  public LambdaLogger getLogger() {
    return new LambdaLogger() {
      @Override
      public void log(String message) {
        log.accept(message);
      }

      @Override
      public void log(byte[] message) {
        log.accept(new String(message, UTF_8));
      }
    };
  }
}
