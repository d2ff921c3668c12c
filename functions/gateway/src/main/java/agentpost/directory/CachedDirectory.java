package agentpost.directory;

import agentpost.catalog.Directory;
import agentpost.platform.Platform;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The whole directory by one read of one secret (ADR 30). It is read again after a minute, beside
 * the call that finds it so old, which gets what is known; and at once for a name that is not in
 * it, or after two minutes without a read: then this environment was frozen, or comes from a
 * snapshot. What cannot be read leaves what is known as it is. Safe for use by many threads.
 */
public final class CachedDirectory<V> {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final Duration MAX_UNREAD = TTL.multipliedBy(2);

  /** Between a read that failed and the next one. */
  private static final Duration FAILURE_RETRY_INTERVAL = Duration.ofSeconds(1);

  /** What a delivery that has something to go on with waits at most. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(2);

  /** What came of looking a name up. */
  public sealed interface Lookup<V> {
    record Found<V>(V entry) implements Lookup<V> {}

    record Missing<V>() implements Lookup<V> {}

    /** Nothing was ever read here, or the name is not in what is known and nothing can be read. */
    record Unavailable<V>(String why) implements Lookup<V> {}
  }

  /**
   * @param entries nothing if none were ever read
   * @param number of the read that ended last, failed or not
   * @param asked when it was made
   * @param failure of that read
   */
  private record State<V>(
      Optional<Map<String, V>> entries, long number, Instant asked, Optional<String> failure) {
    private boolean has(String name) {
      return entries.orElse(Map.of()).containsKey(name);
    }
  }

  private final SecretsManagerClient client;
  private final String secretId;
  private final BiFunction<String, JsonNode, V> reader;
  private final Clock clock;
  private final Executor background;
  private final Consumer<String> log;
  private final AtomicLong begun = new AtomicLong();
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private volatile @Nullable State<V> known;

  /**
   * @param reader of one entry; what it throws is a bug
   * @param background where a read runs for which nobody waits
   * @param log hears of reads that failed
   */
  public CachedDirectory(
      SecretsManagerClient client,
      String secretId,
      BiFunction<String, JsonNode, V> reader,
      Clock clock,
      Executor background,
      Consumer<String> log) {
    this.client = client;
    this.secretId = secretId;
    this.reader = reader;
    this.clock = clock;
    this.background = background;
    this.log = log;
  }

  public static <V> CachedDirectory<V> from(
      Platform platform, String secretId, BiFunction<String, JsonNode, V> reader) {
    return new CachedDirectory<>(
        platform.aws().create(SecretsManagerClient.builder()),
        secretId,
        reader,
        platform.clock(),
        task -> Thread.ofVirtual().name("directory").start(task),
        platform.log());
  }

  public Lookup<V> find(String name) {
    long arrival = begun.get();
    State<V> state = current();
    if (!state.has(name)) {
      state = read(later -> later.number() > arrival || later.has(name));
    }
    V entry = state.entries().orElse(Map.of()).get(name);
    if (entry != null) {
      return new Lookup.Found<>(entry);
    }
    return state.failure().<Lookup<V>>map(Lookup.Unavailable::new).orElseGet(Lookup.Missing::new);
  }

  /**
   * By name.
   *
   * @throws DirectoryUnavailableException if it was never read
   */
  public Map<String, V> findAll() {
    State<V> state = current();
    return state
        .entries()
        .orElseThrow(() -> new DirectoryUnavailableException(state.failure().orElse("")));
  }

  private State<V> current() {
    State<V> state = known;
    if (state == null || !isRecent(state)) {
      return read(this::isRecent);
    }
    if (age(state).compareTo(state.failure().isPresent() ? FAILURE_RETRY_INTERVAL : TTL) >= 0) {
      refresh();
    }
    State<V> latest = known;
    return latest == null ? state : latest;
  }

  /** Whether a delivery can go by it, without a read first. */
  private boolean isRecent(State<V> state) {
    return state.entries().isPresent() && age(state).compareTo(MAX_UNREAD) < 0;
  }

  /** However the clock was set meanwhile: one that was set back must not keep what is old. */
  private Duration age(State<V> state) {
    return Duration.between(state.asked(), clock.instant()).abs();
  }

  private void refresh() {
    if (refreshing.compareAndSet(false, true)) {
      background.execute(
          () -> {
            try {
              read();
            } finally {
              refreshing.set(false);
            }
          });
    }
  }

  /**
   * However many come at the same time, one reads, and the others have what it read.
   *
   * @param isEnough whether what was read meanwhile will do
   */
  private synchronized State<V> read(Predicate<State<V>> isEnough) {
    State<V> state = known;
    boolean justFailed =
        state != null
            && state.failure().isPresent()
            && age(state).compareTo(FAILURE_RETRY_INTERVAL) < 0;
    return state != null && (justFailed || isEnough.test(state)) ? state : read();
  }

  private State<V> read() {
    long number = begun.incrementAndGet();
    Instant asked = clock.instant();
    State<V> last = known;
    Optional<Map<String, V>> entries = last == null ? Optional.empty() : last.entries();
    try {
      return keep(
          new State<>(Optional.of(fetch(entries.isPresent())), number, asked, Optional.empty()));
    } catch (SdkException e) {
      return keep(fail(entries, number, asked, e.getClass().getSimpleName()));
    } catch (IllegalArgumentException e) {
      return keep(fail(entries, number, asked, String.valueOf(e.getMessage())));
    }
  }

  private State<V> fail(Optional<Map<String, V>> entries, long number, Instant asked, String why) {
    String failure = "secret " + secretId + ": " + why;
    log.accept(
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "the directory cannot be read")
            .put("reason", failure)
            .put("has_last_known", entries.isPresent())
            .toString());
    return new State<>(entries, number, asked, Optional.of(failure));
  }

  /** A read that was overtaken by a later one changes nothing. */
  private synchronized State<V> keep(State<V> state) {
    State<V> last = known;
    if (last != null && last.number() > state.number()) {
      return last;
    }
    known = state;
    return state;
  }

  private Map<String, V> fetch(boolean isKnown) {
    String text =
        client
            .getSecretValue(
                request -> {
                  request.secretId(secretId);
                  if (isKnown) {
                    request.overrideConfiguration(
                        override ->
                            override.apiCallTimeout(MAX_WAIT).apiCallAttemptTimeout(MAX_WAIT));
                  }
                })
            .secretString();
    Map<String, V> entries = new TreeMap<>();
    Directory.read(Optional.ofNullable(text).orElse(""))
        .forEach((name, entry) -> entries.put(name, reader.apply(name, entry)));
    return entries;
  }
}
