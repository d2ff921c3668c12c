package agentpost.loopback;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the test that looked a name up beyond this machine, or the next to end if it was on a
 * thread of its own or classes run at once.
 */
public final class NoLookUps implements Extension, AfterEachCallback, AfterAllCallback {
  @Override
  public void afterEach(ExtensionContext context) {
    LoopbackNames.take().ifPresent(NoLookUps::fail);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    LoopbackNames.take().ifPresent(NoLookUps::fail);
  }

  private static void fail(AssertionError lookUp) {
    throw lookUp;
  }
}
