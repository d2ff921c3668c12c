package agentpost.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.testing.LocalTables;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Dies before a call to the tables and starts over, as a function does whose event comes again. */
final class Crashes {
  private Crashes() {}

  /**
   * Does it, dying before its first call, then again before its second, and so on, until it gets
   * through; then once more, as after a crash before its outcome was published, which must come to
   * the same.
   */
  static <T> T everywhere(LocalTables tables, Supplier<T> work) {
    for (int fatal = 1; fatal <= 20; fatal++) {
      AtomicInteger left = new AtomicInteger(fatal);
      tables.failBefore(
          _ ->
              left.decrementAndGet() == 0
                  ? Optional.of(SdkClientException.create("the function died"))
                  : Optional.empty());
      try {
        T outcome = work.get();
        if (left.get() > 0) {
          tables.works();
          assertEquals(outcome, work.get(), "a crash before its outcome was published");
          return outcome;
        }
      } catch (SdkClientException e) {
        tables.works();
      }
    }
    throw new AssertionError("It never got through");
  }
}
