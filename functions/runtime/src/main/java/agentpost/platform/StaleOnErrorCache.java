package agentpost.platform;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a service that seldom changes its mind was asked: asked again after a minute; while it
 * cannot be reached, its last answer serves for ten minutes more.
 */
public final class StaleOnErrorCache {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final Duration MAX_STALENESS = TTL.plusMinutes(10);
  private static final int MAX_ENTRIES = 1000;

  private StaleOnErrorCache() {}

  /**
   * @param question asks the service; what it throws is thrown by {@code get} once no usable answer
   *     is left
   */
  public static <K, V> LoadingCache<K, V> to(CacheLoader<K, V> question, Clock clock) {
    return Caffeine.newBuilder()
        .refreshAfterWrite(TTL)
        .expireAfterWrite(MAX_STALENESS)
        .maximumSize(MAX_ENTRIES)
        // A refresh runs in the call that needs it: on Lambda, nothing runs between invocations.
        .executor(Runnable::run)
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
        .build(question);
  }
}
