package agentpost.local.isolated.child;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;

/**
 * The main class of a function's process: AWS's own, and a thread that ends the process with the
 * local cloud's. Standard input is a pipe from there, which the system closes however that process
 * ends, by {@code kill -9} too; a function that loops does not outlive it.
 */
public final class RuntimeLauncher {
  private static final String RUNTIME =
      "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  private RuntimeLauncher() {}

  /**
   * @throws Throwable what AWS's class does not catch, which ends the process
   */
  public static void main(String[] args) throws Throwable {
    InputStream parent = System.in;
    Thread.ofPlatform().daemon().name("leash").start(() -> endWith(parent));
    try {
      Class.forName(RUNTIME).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static void endWith(InputStream parent) {
    try {
      while (parent.read() >= 0) {
        // Nothing is ever sent.
      }
    } catch (IOException e) {
      // A pipe that cannot be read has nobody at its other end.
      Runtime.getRuntime().halt(1);
    }
    Runtime.getRuntime().halt(1);
  }
}
